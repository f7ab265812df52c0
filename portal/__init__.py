"""The pages that the links in our letters open, and the page that tells where a request stands."""

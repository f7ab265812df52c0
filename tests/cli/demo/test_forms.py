"""The forms of a page, as the demo's browser reads them."""

from cli.demo.forms import PageRead

PAGE = """
<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="one"></form>
<div class="summary" role="alert"><h2>There is a problem</h2>
<ul><li><a href="#day">Day: there is no &lt;32nd&gt;</a></li><li>Nothing has changed</li></ul></div>
<form id="page" method="post" action="/update/edit/contact?lang=en">
<input type="hidden" name="csrf" value="two">
<input name="email" type="text" value="a&amp;b@example.com">
<select name="calendar"><option value="gregorian">G</option>
<option value="hijri" selected>H</option></select>
<select name="kind"><option value="">Choose</option><option value="iqama">Iqama</option></select>
<input type="checkbox" name="sure" value="yes"><input type="file" name="document">
</form>
<ul><li>Not a mistake</li></ul>
"""


def test_a_form_is_what_a_browser_would_send_as_it_stands() -> None:
    """Hidden boxes, what is selected or stands first; no box that is not ticked, and no file."""
    forms = PageRead(PAGE).forms

    assert forms == {
        "/sign-out": {"csrf": "one"},
        "/update/edit/contact": {
            "csrf": "two",
            "email": "a&b@example.com",
            "calendar": "hijri",
            "kind": "",
        },
    }


def test_the_mistakes_are_those_that_the_page_s_head_lists() -> None:
    """In words, each once."""
    mistakes = PageRead(PAGE).mistakes

    assert mistakes == ["Day: there is no <32nd>", "Nothing has changed"]

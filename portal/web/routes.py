"""Which route answered, where its address must not be told."""

from starlette.types import Scope


def route_of(scope: Scope) -> str:
    """The pattern of the route that was found, or ``none``; asked once it has answered."""
    route = getattr(scope.get("route"), "path", None)
    return "none" if route is None else f"{scope.get('root_path', '')}{route}"

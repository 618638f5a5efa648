"""The web pages: asking, reading, the evidence library, the policies. Decides nothing."""

from curbside.interfaces.web.routes import web_routes
from curbside.interfaces.web.site import Site

__all__ = ["Site", "web_routes"]

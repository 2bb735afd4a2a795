"""Who asks: somebody with a session, as on the pages."""

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class Session(SessionAuthentication):
    """The session of the pages; what writes needs their CSRF token too."""

    def authenticate_header(self, request: Request) -> str:
        """With a header, the answer to nobody is 401 and not 403, so that a program can tell the two apart."""
        return 'Session realm="Perennial"'

"""The API's limits, counted by the same address as the screens' (``certification.clients``)."""

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle

from certification.clients import client_network


class NetworkThrottle(ScopedRateThrottle):
    """So many requests of a view's ``throttle_scope`` from one network."""

    def get_ident(self, request: Request) -> str:
        return client_network(request)

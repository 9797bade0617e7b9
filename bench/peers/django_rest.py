"""Components in Django REST framework, under the same row level security: ``gunicorn``'s application."""

import os
from typing import Any

import django
import jwt
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from psycopg import conninfo

from bench.peers.request import CHECK, CLAIMS, DATABASE_URL, claims_of

_PLACE = conninfo.conninfo_to_dict(DATABASE_URL)
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.urandom(32).hex(),
    USE_TZ=True,
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=[],
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
    },
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _PLACE["dbname"],
            "USER": _PLACE["user"],
            "PASSWORD": _PLACE["password"],
            "HOST": _PLACE["host"],
            "PORT": _PLACE["port"],
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()

from django.http import HttpRequest, HttpResponse  # noqa: E402 - Django must be set up first
from django.urls import path  # noqa: E402
from rest_framework import generics, serializers  # noqa: E402


class Component(models.Model):
    """A row of ``public.components``."""

    id = models.UUIDField(primary_key=True, db_default=models.Func(function="gen_random_uuid"))
    organization_id = models.UUIDField(db_default=models.Func(function="private.current_organization_id"))
    mpn = models.TextField()
    normalized_mpn = models.TextField(editable=False)
    manufacturer = models.TextField(null=True)
    normalized_manufacturer = models.TextField(editable=False)
    catalogue_part_id = models.UUIDField(null=True, editable=False)
    description = models.TextField(null=True)
    package = models.TextField(null=True)
    internal_number = models.TextField(null=True)
    source_bom_id = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        """The table is there."""

        app_label = "peer"
        db_table = "components"
        managed = False


class ComponentSerializer(serializers.ModelSerializer):
    """All columns."""

    class Meta:
        """Which."""

        model = Component
        fields = "__all__"
        read_only_fields = (
            "id",
            "organization_id",
            "normalized_mpn",
            "normalized_manufacturer",
            "catalogue_part_id",
            "source_bom_id",
        )

    def create(self, validated_data: dict[str, Any]) -> Component:
        """Insert what a member may; Django itself would name every column."""
        values = [validated_data.get(name) for name in ("mpn", "manufacturer")]
        with connection.cursor() as cursor:
            cursor.execute("insert into components (mpn, manufacturer) values (%s, %s) returning id", values)
            (key,) = cursor.fetchone()
        return Component.objects.get(pk=key)


class AsCaller:
    """One transaction as the caller."""

    def dispatch(self, request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        """The claims first."""
        try:
            claims = claims_of(request.headers.get("Authorization"))
        except jwt.PyJWTError:
            return HttpResponse(status=401)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CLAIMS.format("%s"), [claims])
            cursor.execute(CHECK)
            return super().dispatch(request, *arguments, **named).render()  # type: ignore[misc]


class Many(AsCaller, generics.ListCreateAPIView):
    """A page; a new row."""

    serializer_class = ComponentSerializer

    def get_queryset(self) -> Any:
        """The page asked for."""
        return Component.objects.order_by("id")[: int(self.request.query_params.get("limit", 20))]


class One(AsCaller, generics.RetrieveAPIView):
    """One row."""

    serializer_class = ComponentSerializer
    queryset = Component.objects.all()


urlpatterns = [path("components", Many.as_view()), path("components/<uuid:pk>", One.as_view())]
app = get_wsgi_application()

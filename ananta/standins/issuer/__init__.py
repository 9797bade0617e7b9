"""Development OpenID issuer: Keycloak's addresses and flows, for a machine where Keycloak does not run."""

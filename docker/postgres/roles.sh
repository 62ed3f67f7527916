#!/bin/sh
# Run once by the PostgreSQL image, when its data folder is empty: the owner of the tables is the image's own user,
# who migrates; the application's role can only do its work (manage.py grants).
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --set=role="$JALON_APPLICATION_ROLE" --set=password="$JALON_APPLICATION_PASSWORD" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
SQL

#!/bin/sh
# Two databases, each with a role of its own that owns it and rules nothing else. Run once, by the
# image of PostgreSQL or by whoever may make roles; the passwords come from the environment.
set -eu

make() {
    psql --no-psqlrc --set ON_ERROR_STOP=1 --set name="$1" --dbname postgres <<'SQL'
\getenv password PASSWORD
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
ALTER DATABASE :"name" SET timezone = 'Asia/Riyadh';
SQL
}

PASSWORD=$MUMARIS_DATABASE_PASSWORD make mumaris
PASSWORD=$PREFECT_DATABASE_PASSWORD make prefect

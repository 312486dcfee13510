# One recipe for all services: docker build --build-arg SERVICE=benefits -t tideover/benefits .
# The image of the pretend bank and phone (practice only): docker build --target sandbox -t tideover/sandbox .
FROM python:3.12-slim-bookworm AS packages
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock

FROM python:3.12-slim-bookworm AS house
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tideover
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=packages /venv /venv
COPY shared ./shared
COPY services/__init__.py ./services/__init__.py

FROM house AS sandbox
COPY deploy/__init__.py ./deploy/__init__.py
COPY deploy/embedded ./deploy/embedded
USER 10001

FROM house AS service
ARG SERVICE
ENV SERVICE=${SERVICE}
COPY services/${SERVICE} ./services/${SERVICE}
USER 10001
EXPOSE 8000
# Only the web process has a door; the others are started with another command and their health check switched off.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
# Two web processes count together in a folder of their own.
CMD ["sh", "-c", "export PROMETHEUS_MULTIPROC_DIR=$(mktemp -d) && exec gunicorn --no-control-socket -k gthread -w 2 --threads 4 --worker-tmp-dir /dev/shm -b 0.0.0.0:8000 \"services.${SERVICE}.app:create_app()\""]

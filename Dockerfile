# Two stages: packages are installed where compilers and caches may be, and copied to where they may not.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /opt/qiaomen
COPY requirements.lock ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/opt/qiaomen/.venv/bin:$PATH \
    QIAOMEN_MODE=production \
    QIAOMEN_HOST=0.0.0.0 \
    QIAOMEN_PORT=8000 \
    QIAOMEN_INSTANCE=/var/lib/qiaomen
# Letters for the pages of a PDF that brings none of its own: without them its Chinese is drawn as nothing.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-wqy-microhei \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 qiaomen \
    && useradd --system --uid 10001 --gid qiaomen --home-dir /var/lib/qiaomen --create-home qiaomen
WORKDIR /opt/qiaomen
COPY --from=packages /opt/qiaomen/.venv ./.venv
COPY pyproject.toml alembic.ini wsgi.py ./
COPY app ./app
COPY bot ./bot
COPY classifier ./classifier
COPY domain ./domain
COPY models ./models
COPY services ./services
COPY outbox ./outbox
COPY admin ./admin
COPY simulator ./simulator
COPY words ./words
COPY data ./data
COPY migrations ./migrations
USER qiaomen
VOLUME /var/lib/qiaomen
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "app.serve"]

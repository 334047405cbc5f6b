FROM python:3.12-slim
WORKDIR /opt/burdenwatch
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY streams streams
COPY dashboard dashboard
COPY infra infra
RUN uv sync --frozen --no-dev --python /usr/local/bin/python3 && useradd --system --home /var/lib/burdenwatch --create-home burdenwatch \
    && install -d -o burdenwatch /var/lib/burdenwatch/registry
ENV PATH=/opt/burdenwatch/.venv/bin:$PATH
USER burdenwatch

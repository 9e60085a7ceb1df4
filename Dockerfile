# JupyterLab with the notebooks, on top of the kernel's wheel. Binder and the devcontainer use it too.
#
#   docker build -t dlnotes . && docker run --rm -p 127.0.0.1:8888:8888 dlnotes

FROM rust:1.95-bookworm AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv fonts-dejavu-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && rustup component add clippy rustfmt

FROM base AS wheel
COPY . /dlnotes
WORKDIR /dlnotes
RUN cargo xtask wheel

FROM base AS dev
# Binder's conventions: a user of this name and number, with a home of its own.
ARG NB_USER=reader
ARG NB_UID=1000
RUN useradd --create-home --uid ${NB_UID} ${NB_USER} && chmod -R a+rwX "$CARGO_HOME"
USER ${NB_USER}
WORKDIR /home/${NB_USER}
ENV PATH=/home/${NB_USER}/venv/bin:${PATH}
COPY --chown=${NB_UID} crates/xtask/python/requirements.txt .
RUN python3 -m venv venv && pip install --no-cache-dir -r requirements.txt && rm requirements.txt

FROM dev
COPY --from=wheel /dlnotes/.tools/dist/*.whl /tmp/
RUN pip install --no-cache-dir --no-deps /tmp/*.whl && dlnotes-kernel prebuild
COPY --chown=${NB_UID} notebooks notebooks
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "notebooks"]

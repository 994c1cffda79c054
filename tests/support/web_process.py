"""The application of `web_app` as a process of its own: `python -m tests.support.web_process`."""

from shared import logs
from shared.settings import ServiceSettings, load
from shared.web import serve
from tests.support.web_app import build

if __name__ == "__main__":
    chosen = load(ServiceSettings)
    logs.configure("demo", chosen.log_level)
    serve(build(chosen), chosen)

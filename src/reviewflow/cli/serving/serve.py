"""The web application and the API."""

from __future__ import annotations

import click

from reviewflow.cli.lazy import example


@click.command(
    epilog=example("reviewflow serve", "reviewflow serve --port 8080 --no-followers", "reviewflow serve --demo")
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, metavar="N", help="0: any free one."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N",
    help="Processes; several only on PostgreSQL.",
)  # fmt: skip
@click.option("--demo", is_flag=True, help="With the demo's people and cycles, in a folder that is gone at the end.")
@click.option("--followers/--no-followers", default=True, show_default=True, help="Do what `reviewflow run` does too.")
def serve(host: str, port: int, workers: int, demo: bool, followers: bool) -> None:
    """Serve the pages and the API until stopped (SIGTERM, Ctrl-C); requests under way are finished.

    Only this machine can reach them unless --host says otherwise. Put a proxy with TLS before it for others, and say
    in REVIEWFLOW_URL how people reach it, in REVIEWFLOW_TRUSTED_PROXIES whose word is taken for who asks. Logs go to
    stderr, as JSON lines unless it is a terminal.
    """
    from contextlib import nullcontext

    from reviewflow.web.metrics_together import metrics_together

    with metrics_together() if workers > 1 else nullcontext():
        from reviewflow.cli.serving.serving import serving
        from reviewflow.web.serving import Serving

        code = serving(Serving(host, port, workers, followers, demo))
    if code:
        raise click.exceptions.Exit(code)

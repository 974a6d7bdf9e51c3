"""The command line within this process."""

from typer.testing import CliRunner, Result

from dashboard.cli import app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])

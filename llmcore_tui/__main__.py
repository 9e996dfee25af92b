"""`python -m llmcore_tui` and the console script; imports nothing above `locations` at module level."""

from __future__ import annotations


def main() -> int:
    """Run the command line and give its exit code."""
    try:
        from llmcore_tui.cli.main import run

        return run()
    except KeyboardInterrupt:  # before the command line could take it
        return 130


if __name__ == "__main__":
    raise SystemExit(main())

"""Finds a Chromium or Chrome for the browser tests; with --install, installs one where there is none.

As root on Debian it comes from apt-get, with Chinese fonts. Elsewhere Playwright fetches its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium-headless-shell",  # first: without windows, menus and tabs, a page takes a second less of the processor
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
APT = (("chromium-headless-shell", "fonts-noto-cjk"), ("chromium", "fonts-noto-cjk"))  # Debian 12 has the first
FLAGS = (
    "--no-sandbox",  # root has no sandbox, and the pages are our own
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """The path of a browser that runs, or None. CHROMIUM in the environment goes first."""
    named = (os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), *MAC)
    return next((path for path in named if path and _runs(path)), None) or _playwrights_own()


def _runs(path: str) -> bool:
    # Ubuntu's chromium-browser outside snap is a script that only says how to install one.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Installs a browser: by apt-get where we are root and it has one, else Playwright's own."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
        for packages in APT:
            if subprocess.run(["apt-get", "install", "-y", "-qq", *packages], env=quiet).returncode == 0:
                break
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> None:
    if find() is None and "--install" in sys.argv[1:]:
        install()
    path = find()
    if path is None:
        sys.exit("No Chromium or Chrome was found. Install one, or name it: CHROMIUM=/path/to/chrome make test")
    print(f"browser: {path}")


if __name__ == "__main__":
    main()

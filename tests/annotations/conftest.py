"""A real server, and a real browser logged in to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.annotations.studio import Studio, copy_prepared, program, running
from training.examples.__main__ import BROWSERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One server for all tests of a worker: they make projects of their own in it."""
    found = program()
    if found is None:
        pytest.skip("needs Label Studio: gouji annotate up --install, or its program named by GOUJI_LABEL_STUDIO")
    folder = copy_prepared(found, tmp_path_factory.mktemp("label_studio") / "data")
    with running(found, folder) as studio:
        yield studio


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"needs a browser: {', '.join(BROWSERS)}")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        # Chromium refuses to run in its own sandbox for root, as which tests run in containers.
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser_session(browser: Browser, label_studio: Studio) -> Iterator[BrowserContext]:
    """Logged in once, as a person does."""
    context = browser.new_context(base_url=label_studio.server.url, viewport={"width": 1600, "height": 1000})
    page = context.new_page()
    page.goto("/user/login/")
    page.fill("input[name=email]", label_studio.user)
    page.fill("input[name=password]", label_studio.password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/user/login" not in url)
    page.close()
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_session: BrowserContext) -> Iterator[Page]:
    """A page of 1600 by 1000 pixels, logged in; paths like /projects/1 lead to the server."""
    page = browser_session.new_page()
    yield page
    page.close()

"""A real browser for the pages: Chromium, headless, through its own driver and no library in between."""

import base64
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import servers

STARTED = "was started successfully on port "
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb")


class Browser:
    """One browser window."""

    def __init__(self, driver: str) -> None:
        self.driver = driver
        options = {"args": ARGUMENTS}
        capabilities = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.session = f"/session/{session['sessionId']}"

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.driver + path, data, method=method)  # noqa: S310 - our own driver
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own driver
            return json.load(answer)["value"]

    def cdp(self, command: str, **parameters: object) -> Any:
        return self._ask("POST", f"{self.session}/goog/cdp/execute", {"cmd": command, "params": parameters})

    def run(self, script: str) -> Any:
        return self._ask("POST", f"{self.session}/execute/sync", {"script": script, "args": []})

    def show(self, page: Path, *, width: int = 1200, height: int = 900, dark: bool = False) -> None:
        self.cdp(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.cdp("Emulation.setEmulatedMedia", features=[scheme])
        self.log("performance")
        self._ask("POST", f"{self.session}/url", {"url": page.as_uri()})

    def evaluate(self, expression: str) -> Any:
        """What an expression gives, waited for; also where the page's own scripts may not run."""
        said = self.cdp("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    def emulate(self, *, dark: bool = False, media: str = "", width: int = 1200, height: int = 900) -> None:
        """The page that is shown, as another reader sees it."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.cdp("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def scripts(self, *, run: bool) -> None:
        """Whether pages shown from now on may run theirs."""
        self.cdp("Emulation.setScriptExecutionDisabled", value=not run)

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key and let it go."""
        told = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.cdp("Input.dispatchKeyEvent", type="keyDown", text=text, **told)
        self.cdp("Input.dispatchKeyEvent", type="keyUp", **told)

    def log(self, kind: str) -> list[dict[str, Any]]:
        return self._ask("POST", f"{self.session}/se/log", {"type": kind})

    def requests(self) -> list[str]:
        """Every address asked for since the page was shown."""
        messages = [json.loads(line["message"])["message"] for line in self.log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def picture(self, *, whole: bool = True) -> bytes:
        return base64.b64decode(self.cdp("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def pdf(self) -> bytes:
        return base64.b64decode(self.cdp("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])

    def close(self) -> None:
        self._ask("DELETE", self.session)


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser of our own; the test is skipped, or fails where it is required, when there is none."""
    command = servers.need("chromium")
    with subprocess.Popen([str(command), "--port=0"], stdout=subprocess.PIPE, text=True) as driver:
        try:
            assert driver.stdout is not None
            said = next(line for line in driver.stdout if STARTED in line)
            window = Browser(f"http://127.0.0.1:{said.split(STARTED)[1].strip().rstrip('.')}")
            try:
                yield window
            finally:
                window.close()
        finally:
            driver.terminate()

"""Takes pictures of TensorBoard's tabs: python docs/screenshots.py ADDRESS FOLDER RUNS

Curves and histograms are those of runs that match the regular expression RUNS.

Steers chromium through chromedriver, whose protocol (W3C WebDriver) is JSON over HTTP.
"""

import base64
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

WIDTH = 1400


class Browser:
    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL)
        self.address = f"http://127.0.0.1:{port}"
        arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            f"--user-data-dir={folder}",
            f"--window-size={WIDTH},900",
        ]
        options = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": arguments}}}}
        session = self.wait(lambda: self.call("POST", "/session", options))
        self.address += f"/session/{session['sessionId']}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.call("DELETE", "")
        self.driver.terminate()
        self.driver.wait(timeout=30)

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, method=method)
        return json.load(urllib.request.urlopen(request, timeout=60))["value"]

    def run(self, script):
        return self.call("POST", "/execute/sync", {"script": script, "args": []})

    def wait(self, attempt, seconds=60):
        end = time.monotonic() + seconds
        while True:
            try:
                if value := attempt():
                    return value
            except OSError:
                pass
            if time.monotonic() > end:
                sys.exit("the page does not become what was waited for")
            time.sleep(0.25)

    def open(self, url, height):
        # The same address with another fragment would not load the page anew.
        self.call("POST", "/url", {"url": "about:blank"})
        size = {"width": WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": False}
        command = {"cmd": "Emulation.setDeviceMetricsOverride", "params": size}
        self.call("POST", "/goog/cdp/execute", command)
        self.call("POST", "/url", {"url": url})

    def wait_for(self, condition):
        """Waits until a JavaScript expression is true, in which all(SELECTOR) finds elements."""
        self.wait(lambda: self.run(f"{FIND} return Boolean({condition});"))

    def do(self, script):
        self.run(FIND + script)
        time.sleep(1)

    def save(self, path):
        # Drawings move for a while.
        time.sleep(3)
        Path(path).write_bytes(base64.b64decode(self.call("GET", "/screenshot")))


# TensorBoard's elements stand in shadow trees, which selectors do not look into.
FIND = """
const all = (selector, root = document) => [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll("*")].flatMap(e => e.shadowRoot ? all(selector, e.shadowRoot) : []),
];
const visible = (selector) => all(selector).filter(e => e.getBoundingClientRect().width > 0);
const labelled = (selector, text) => visible(selector).filter(e => e.textContent.trim() === text);
"""


def scalars(browser, address, runs):
    tags = "(Loss|Accuracy)/(train|val)"
    browser.open(address + fragment("scalars", tagFilter=tags, regexInput=runs, _smoothingWeight=0), 780)
    browser.wait_for("visible('vz-line-chart2').length >= 4")


def histograms(browser, address, runs):
    browser.open(address + fragment("histograms", tagFilter="layer1", regexInput=runs), 925)
    browser.wait_for("visible('vz-histogram-timeseries').length >= 4")


def hparams(browser, address, runs):
    browser.open(address + fragment("hparams"), 620)
    browser.wait_for("labelled('*', 'Trial ID').length && visible('.metric-checkbox').length")
    shown = ["Accuracy/val", "Accuracy/test", "CV/val_accuracy_mean", "Metrics/epoch_seconds"]
    browser.do(f"""
        for (const box of visible('.metric-checkbox'))
            if (box.checked !== {json.dumps(shown)}.includes(box.textContent.trim())) box.click();
    """)
    # The names of trials are long, the numbers short.
    browser.do("""
        all('vaadin-grid-column').forEach((column, place) => {
            if (place === 0) column.width = '250px'; else if (place > 1) column.width = '124px';
        });
    """)


def graphs(browser, address, runs):
    browser.open(address + fragment("graphs"), 900)
    browser.wait_for("visible('g.node').length >= 3")
    opened = "visible('g.node').find(e => e.getAttribute('data-name') === 'layer1').querySelector('.nodeshape')"
    browser.do(f"{opened}.dispatchEvent(new MouseEvent('dblclick', {{bubbles: true, view: window}}));")
    # A node of the layer, so that its shapes and attributes are shown beside the graph.
    part = "visible('g.node').find(e => /^layer1.[^/]+$/.test(e.getAttribute('data-name')))"
    browser.wait_for(part)
    browser.do(
        f"{part}.querySelector('.nodeshape, .nodecolortarget').dispatchEvent("
        "new MouseEvent('click', {bubbles: true, view: window}));"
    )
    browser.do("labelled('paper-button, button, .icon-button', 'Fit to screen')[0].click();")


def fragment(tab, **options):
    """The part of an address that chooses a tab and what it shows."""
    return f"#{tab}" + "".join(f"&{name}={urllib.parse.quote(str(value))}" for name, value in options.items())


def main():
    address, folder, runs = sys.argv[1:]
    with tempfile.TemporaryDirectory() as profile, Browser(profile) as browser:
        browser.wait(lambda: json.load(urllib.request.urlopen(f"{address}/data/runs", timeout=10)))
        # The first runs are there; a page shows those that are there when it is opened.
        time.sleep(10)
        for tab in [scalars, histograms, hparams, graphs]:
            tab(browser, f"{address}/?darkMode=false", runs)
            browser.save(f"{folder}/{tab.__name__}.png")


if __name__ == "__main__":
    main()

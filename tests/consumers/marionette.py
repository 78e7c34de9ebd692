#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Drives a Firefox that was started with --marionette, as a person would.

marionette.py PORT PIN URL...: visits each page, and prints its text, or what
went wrong. A dialog is printed as "dialog: TEXT"; one that wants a password
gets the PIN.
"""
import json
import socket
import sys
import time

PATIENCE = 60
BLANK = "about:blank"


# Before there is a dialog: while one is open, nothing else is done.
ANSWER = """
const answered = this.answered = [];
Services.obs.addObserver(win => {
    const { args, ui } = win.Dialog;
    const dialog = win.document.getElementById("commonDialog");

    answered.push(args.text);
    if (args.promptType === "promptPassword") {
        ui.password1Textbox.value = arguments[0];
        win.setTimeout(() => dialog.acceptDialog());
    } else {
        win.setTimeout(() => dialog.cancelDialog());
    }
}, "common-dialog-loaded");
"""


class Refused(Exception):
    """What the browser answers when it does not do something."""


class Marionette:
    def __init__(self, port):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port))
                break
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        self.socket.settimeout(PATIENCE)
        self.stream = self.socket.makefile("rb")
        self.count = 0
        self.read()

    def read(self):
        length = b""
        while not length.endswith(b":"):
            byte = self.stream.read(1)
            if not byte:
                raise EOFError("Firefox has gone")
            length += byte
        return json.loads(self.stream.read(int(length[:-1])))

    def call(self, name, **params):
        self.count += 1
        text = json.dumps([0, self.count, name, params]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self.read()
        if error:
            raise Refused(error["error"] + ": " + error["message"])
        return result



def script(firefox, context, text, *args):
    firefox.call("Marionette:SetContext", value=context)
    return firefox.call("WebDriver:ExecuteScript", script=text,
                        args=list(args), sandbox="here",
                        newSandbox=False)["value"]


def page(firefox):
    answer = script(
        firefox, "content", "return [document.readyState, "
        "document.documentURI, document.documentElement.innerText]")
    if answer is None or answer[0] != "complete" or answer[1] == BLANK:
        return None
    return answer[2].strip()


def visit(firefox, url):
    deadline = time.monotonic() + PATIENCE
    text = None
    firefox.call("WebDriver:Navigate", url=BLANK)
    firefox.call("WebDriver:Navigate", url=url)
    while text is None and time.monotonic() < deadline:
        time.sleep(0.2)
        try:
            text = page(firefox)
        except Refused as why:
            if "alert" not in str(why):
                raise
    return "nothing came" if text is None else text


def main():
    firefox = Marionette(int(sys.argv[1]))
    firefox.call("WebDriver:NewSession", capabilities={"alwaysMatch": {
        "pageLoadStrategy": "none",
        "unhandledPromptBehavior": {"default": "ignore"}}})
    script(firefox, "chrome", ANSWER, sys.argv[2])
    for url in sys.argv[3:]:
        firefox.call("Marionette:SetContext", value="content")
        print("page:", visit(firefox, url), flush=True)
    for text in script(firefox, "chrome", "return this.answered"):
        print("dialog:", text)
    firefox.call("Marionette:Quit", flags=["eForceQuit"])


main()

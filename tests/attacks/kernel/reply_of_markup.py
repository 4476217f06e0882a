"""Names of errors, arguments and warnings that are HTML, Markdown or codes for the terminal."""

ANSWER = """
import gc
import json


def moving_average(x, k):
    return x


nasty = "<script>alert(5)</script>\\x1b]0;5\\x07\\x1b[2J</pre><img src=x onerror=alert(5)>\\u202e{{ 7*7 }}\\r"


def forged(reply):
    raised = {"kinds": [nasty], "text": nasty, "line": nasty}
    seen = json.loads(reply)
    return json.dumps([{**one, "raised": raised, "labels": [nasty] * 3, "warned": [nasty]} for one in seen]).encode()

[observer] = [one for one in gc.get_objects() if type(one).__name__ == "Observer"]
honest = observer._reply
observer._reply = lambda request: forged(honest(request)) if b"call" in request[:40] else honest(request)
print("applied")
"""


def aftermath(world, report):
    page = world.classroom.feedback / report["student"] / report["lesson"] / f"{report['lesson']}.html"
    text = page.read_text()
    assert "alert(5)" in text
    assert "<script" not in text
    assert "<img src=x" not in text
    assert "\x1b" not in text

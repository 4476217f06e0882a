"""Texts with HTML, scripts and codes for the terminal, returned, raised and printed."""

ANSWER = """
nasty = "<script>alert(5)</script>\\x1b]0;5\\x07\\x1b[2J</pre><img src=x onerror=alert(5)>\\u202e\\x00\\r\\n</textarea>"
print(nasty)


class Error(Exception):
    pass


Error.__name__ = Error.__qualname__ = nasty.replace("\\x00", "")


def moving_average(x, k):
    if k == 2:
        return {nasty: [nasty]}
    raise Error(nasty)


get_ipython().display_pub.publish({"text/html": nasty, "text/plain": nasty, "image/svg+xml": nasty, "text/latex": ""})
raise Error(nasty)
"""


def aftermath(world, report):
    page = world.classroom.feedback / report["student"] / report["lesson"] / f"{report['lesson']}.html"
    text = page.read_text()
    assert "alert(5)" in text
    assert "<script" not in text
    assert "<img src=x" not in text
    assert "\x1b" not in text

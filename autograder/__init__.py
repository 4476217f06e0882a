"""For authors and instructors: lessons to notebooks, submissions to marks."""

import sys

# jsonschema would build a grammar of web addresses with it, which takes a second; no notebook has a field for one
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

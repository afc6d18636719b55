"""What schemathesis cannot know of the service from its document."""

import re
import uuid

import schemathesis

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context, case, kwargs):
    # A key that came before with another request is refused, and made-up ones are short: a good one
    # becomes one that nobody has used. What is no key stays what it is.
    key = (case.headers or {}).get(KEY)
    if isinstance(key, str) and re.fullmatch("[!-~]{1,255}", key):
        case.headers[KEY] = str(uuid.uuid4())

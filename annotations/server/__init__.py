"""A Label Studio server for people who have none.

    folder.py        the folder it lives in, and what is known of it
    environment.py   Label Studio itself, installed once
    settings.py      what it is told
    process.py       started, found again, stopped
"""

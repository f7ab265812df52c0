"""What people do with documents: send, replace, name, look at, take back; and what ends them.

::

    from desk.documents.adding import add

    document = await add(Path("letter.pdf"), kind=DocumentKind.EMPLOYER_LETTER, owner="60000001")
"""

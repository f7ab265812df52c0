"""Where two tables of the Umm al-Qura calendar disagree.

`hijridate` has the months as the calendar was printed week by week; the table of KACST, which ICU
and Java ship and most programs and offices use, was computed later. Of the 924 months from 1343 to
1419 AH 529 begin on another day, mostly one later; from 1420 to 1450 they are the same (compared
month by month; hijridate issue 26). So a Hijri birth date may be a day off, and nobody mistyped it.
"""

from datetime import date, timedelta

from hijridate import Gregorian, Hijri

#: How many days later a month begins by KACST, for each month of a year: ``.`` is the same day,
#: ``+`` one later, ``2`` two later, ``-`` one earlier. Later years are the same.
_LATER = """
1343 +++....--...  1344 -.....+.....  1345 ....+...+...  1346 -....++.++..  1347 ..+..++.++..
1348 +.....+..+2.  1349 +++.+.++..2.  1350 ......+.....  1351 .......++...  1352 ....+.+.+...
1353 .....+.+.-..  1354 .....+..+.+.  1355 ...-....+..+  1356 ..+.+.+...++  1357 2++++++.+.++
1358 +.....+..+..  1359 +......+....  1360 +.++2+2+2+++  1361 ....+.+++.+.  1362 +.+.+.++++++
1363 ++++++++++++  1364 +.+.+...++..  1365 ++2++++.+.+.  1366 ..+.+.+.....  1367 ..+.+++++.+.
1368 +.+.++2+++++  1369 ......+.....  1370 ...-.-.-.-..  1371 +.+..+.+.+..  1372 .+..........
1373 .+.+.+.+....  1374 ....+.+.....  1375 ----.-...+..  1376 ....+...+.+.  1377 +..+...++.++
1378 ...-----.-..  1379 ++++.....+.+  1380 +.+.+.+.+.+.  1381 +.+..+.++++.  1382 +.+..+..++++
1383 .+....+.++++  1384 +.+...+.++2+  1385 2+++..++++++  1386 ++..+...+.++  1387 .+++++++++++
1388 .++.+.+.+.+.  1389 ..+.++++2+++  1390 .-.-..+.....  1391 +.....+.++++  1392 .++.+.+.++++
1393 +.+..+++++++  1394 +++++.+.+++.  1395 +++++++++++.  1396 +++++.++++++  1397 .+.++.++2++.
1398 +.+.++++++++  1399 .+.+.+.++++.  1400 ++.+..+.+.+.  1401 .+++++.++.+.  1402 +++++++.++.+
1403 .+++.+++.++.  1404 +++++++.+.++  1405 .+++.++++++.  1406 +++.+.++++.+  1407 ++++.+.+.+.+
1408 +++++++.++.+  1409 ++2+++++.++.  1410 ++2++++++.++  1411 .+++++++++.+  1412 +++2+++++++.
1413 ++++++.+++++  1414 .+++++++++.+  1415 ++++++++++.+  1416 +++++++.++++  1417 ++++2+.+.+.+
1418 ++++2++.+.+.  1419 +++++++.++++
"""
_DAYS = {".": 0, "+": 1, "2": 2, "-": -1}
_SHIFTS = {
    int(year): tuple(_DAYS[sign] for sign in signs)
    for year, signs in zip(_LATER.split()[::2], _LATER.split()[1::2], strict=True)
}
_MONTHS = 12


def day_by_kacst(year: int, month: int, day: int) -> date | None:
    """The day of this Hijri date by KACST's table, or None where its month has no such day.

    Known from 1343 to 1419 AH; None outside.
    """
    begins, ends = _begins(year, month), _begins(year + month // _MONTHS, month % _MONTHS + 1)
    if begins is None or ends is None:
        return None
    found = begins + timedelta(days=day - 1)
    return found if begins <= found < ends else None


def are_one_hijri_day(one: date, other: date) -> bool:
    """Whether one Hijri date is this day by one of the tables and that day by the other."""
    return other in _other_readings(one) or one in _other_readings(other)


def _other_readings(day: date) -> set[date | None]:
    try:
        printed = Gregorian.fromdate(day).to_hijri()
    except OverflowError:
        return set()
    return {day_by_kacst(printed.year, printed.month, printed.day)}


def _begins(year: int, month: int) -> date | None:
    try:
        printed = date(*Hijri(year, month, 1).to_gregorian().datetuple())
    except (OverflowError, ValueError):
        return None
    shifts = _SHIFTS.get(year)
    if shifts is None:
        return printed if year - 1 in _SHIFTS and month == 1 else None
    return printed + timedelta(days=shifts[month - 1])

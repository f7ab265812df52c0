"""The error tree: what is refused, and by what.

::

    MumarisError                                         exit   page
    ├── WrongUsage                                          2   422
    │     EmployersWrong, EventUnknown, FileUnusable, FormRefused, NotABillNumber,
    │     NotACardCode, NotADocumentId, NotAMachineName, NotAReferenceNumber,
    │     NotATrackingCode, NotAnAmount, NotConfirmed, NotSubmissions, NothingToAttachTo,
    │     NothingToSearchFor, PathUnreadable
    ├── Refused                                             1   422
    │     AddressIsOnFile, AddressesDiffer, AmountDiffers, AnswerNotTrusted,
    │     AppNotConfirmed, CardCodeWithdrawn, CardNotInForce, CodeRefused, CodeWrong, DraftRefused,
    │     EmployerNotOnFile, HearsOfNothing, HoldNeedsReason, HoldersNotOnRegister, IdentityDiffers,
    │     IssuerNotOurs, KeyUnknown, LookNeedsReason, NewcomerRefused, NoReasonGiven,
    │     NotABackup, NotADayToComeBack, NotAllTicked, NotAnExtension, NotDaysToBeAway, NotSignedIn,
    │     NotText, NoteMissing, NothingToPay, OfficersNotOnRegister,
    │     PaidAnotherAmount, PaidOnImpossible, PasskeyCopied, PasskeyRefused, PasswordRefused,
    │     ProblemsFound, ReadingRefused, ReasonMissing, ReasonNotSaid, ReceiverRefused,
    │     RegisterRefused, SubjectNotText, SubmissionRefused, UploadRefused,
    │     ValueRefused
    ├── NotAllowed                                          1   403
    │     AlreadyApprovedByOfficer, CodeNeeded, DecidedAtTheDesk,
    │     DecisionOfAnother,
    │     MachineKeyRefused, NoAppSetUp, NobodySignedIn, NotByThisOfficer,
    │     NotForOfficers, NotForPractitioners, NotForThisMachine, NotLinked, OwnRequest,
    │     PersonNeeded, ProofNeeded, ProviderDeclined, RoleMissing, SignInNeeded
    ├── NotFound                                            3   404
    │     AccountUnknown, AddressChangeUnknown, BillUnknown, CardCodeUnknown, CardUnknown,
    │     ContentMissing, DraftGone, HoldUnknown, JobUnknown, MachineUnknown,
    │     OfficerUnknown, PageUnknown, PartUnknown, PasskeyUnknown, PractitionerUnknown,
    │     RequestUnknown, SubscriptionUnknown, UploadUnknown
    ├── Conflict                                            1   409
    │     AddressChangeWaits, AlreadyTaken, AwayAlready, BackupExists, BilledOtherwise,
    │     CardChanged, CardMoved, ChallengeOver, ChangedSinceReview, ClaimedByAnother, CodeOver,
    │     DataDirectoryInUse, DatabaseNotEmpty, DecisionWaits, DocumentHeld,
    │     DocumentMoveRefused, DocumentNotShown, DraftMoved, HalfWayOver,
    │     IdempotencyKeyReused, IdentityNumbersOfOthers, JobTakenOver, LastFactorStays,
    │     LeftoverServerStays, LinkNotUsable, LinkOver, MachineNameTaken,
    │     MachineRevoked, MadeByAnotherVersion, MailboxTaken, NamedByRequest, NoAddress,
    │     NoDecisionWaits, NoFreePort, NoLinkSent, NoRunToRestart, NotADataDirectory,
    │     NotApprovable, NotAwaitingPayment, NotAway, NotCleanAnyMore, NotHeld,
    │     NotReturned, NothingBesidePassword, NothingToResend, OfficerAway,
    │     PaidOtherwise, PersonKept, PoolOfAnotherType, RequestIsOpen, ReviewAlreadyDecided,
    │     RunAtWork, RunNotStray, StackAlreadyRunning, StillWaiting, SubjectOfAnother,
    │     TooManyEntries, TooManyPasskeys, TransitionRefused, TripOver,
    │     WithdrawalTooLate
    ├── TooOften                                            1   429
    │     FilesGoOn, OwnUploadsGoOn, ResentTooOften, TooManyCalls, TooManyGuesses,
    │     TooManyTries
    ├── Unavailable                                         4   503
    │     ChildDied, ChildNotReady, DatabaseAway, DatabaseNotConfigured, DeployRefused,
    │     DumpFailed, LoadStopped, MigrationStopped, NoRoomForUpload, NotADatabaseAddress,
    │     PostgresNotRunning, ProcessOfLaterVersion, ProviderAway, RegisterUnreachable,
    │     RenderingStopped, RunningFileUnreadable, SchemaMismatch, StoreAway,
    │     TooManyAtOnce, TooManySignIns, TypesettingStopped, Unreachable
    ├── Misconfigured                                       1   500
    │     CaretakerNotFound, ClusterNotCreated, ContactMissing, CurrencyUnknown,
    │     FilePathEntrypoint, HowToPayUnknown, KeyFileMissing, KeyFileReadable,
    │     KeysInEnvironment, MasterKeyMissing, NoEntrypoint, NoPostgresBinaries,
    │     NoUnprivilegedAccount, NoWorkingDay, NotAMasterKey, NotAStoreAddress,
    │     PeerMissing, PolicyInvalid, RenderingNotConfined, ScannerMissing,
    │     SecretFileMissing, SecretFileReadable, SessionFileReadable, StoreOfAnother,
    │     UnsafeSocketFolder
    └── Broken                                              5   500
          AddressMalformed, CertificateMissing, ContentDamaged, CurrenciesDiffer,
          DecisionFailed, DemoFailed, EndingMissing, FactMissing, FactsMalformed,
          HeaderUnsafe, LetterNotSent, LetterUnknown, NaiveInstant, NeverSuspended,
          NotInForce, PageRefuses, StepBroken, TemplateBroken, WrappedKeyDamaged

Every error of ours stands under one branch, and the branch says how it ends: the exit code of the
command, the status of a page. A class lives beside what raises it. Its docstring's first
line is its message where it carries no fact; where it does, it takes the facts and builds one line.
"""

from typing import ClassVar


class MumarisError(Exception):
    """Something that a person or a program asked for cannot be done; the message says why."""

    #: What the command ends with; `mumaris --help` tells people.
    command_exit: ClassVar[int]
    #: What a page answers with, where it does not say more by itself.
    page_status: ClassVar[int]

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or _first_line(type(self)))


class WrongUsage(MumarisError):
    """What was typed, or a file that was named, cannot be read."""

    command_exit = 2
    page_status = 422


class Refused(MumarisError):
    """A rule does not accept what was given."""

    command_exit = 1
    page_status = 422


class NotAllowed(MumarisError):
    """It may be done, but not by whoever asked for it."""

    command_exit = 1
    page_status = 403


class NotFound(MumarisError):
    """Nothing has the name or number that was given."""

    command_exit = 3
    page_status = 404


class Conflict(MumarisError):
    """It may be done, but not as things stand now."""

    command_exit = 1
    page_status = 409


class TooOften(MumarisError):
    """It may be done again later: there is a limit for a time."""

    command_exit = 1
    page_status = 429


class Unavailable(MumarisError):
    """A server or process of ours is away, or is not of this version; later it may succeed."""

    command_exit = 4
    page_status = 503


class Misconfigured(MumarisError):
    """A setting, policy.toml or this machine has to be put right first."""

    command_exit = 1
    page_status = 500


class Broken(MumarisError):
    """A fault in this program, or in what it wrote."""

    command_exit = 5
    page_status = 500


def _first_line(error: type[MumarisError]) -> str:
    """The docstring's first line as a message: no capital, unless it is a name's, no full stop."""
    line = (error.__doc__ or error.__name__).partition("\n")[0].removesuffix(".")
    word = line.partition(" ")[0]
    return line if word[1:].lower() != word[1:] else line[0].lower() + line[1:]

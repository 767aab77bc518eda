"""Every action that the audit trail knows, and how a person says it."""

from enum import StrEnum

from certhub.rules.pooled_fund.audit_words import FUND_SENTENCES


class AuditAction(StrEnum):
    """`resource.past_tense`; each has its sentence in `SENTENCES`."""

    USER_CREATED = "user.created"
    USER_INVITED = "user.invited"
    USER_SIGNED_IN = "user.signed_in"
    USER_SIGNED_OUT = "user.signed_out"
    USER_SIGN_IN_FAILED = "user.sign_in_failed"
    USER_DEACTIVATED = "user.deactivated"
    USER_REACTIVATED = "user.reactivated"
    SESSION_ENDED = "session.ended"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_REVOKED = "invitation.revoked"
    PASSWORD_RESET_REQUESTED = "password.reset_requested"  # noqa: S105  (an action, no secret)
    PASSWORD_CHANGED = "password.changed"  # noqa: S105  (an action, no secret)
    MUNICIPALITIES_LOADED = "municipalities.loaded"
    STANDARD_DRAFTED = "standard.drafted"
    STANDARD_REVISED = "standard.revised"
    STANDARD_DISCARDED = "standard.discarded"
    STANDARD_ADOPTED = "standard.adopted"
    PARTY_REGISTERED = "party.registered"
    PARTY_UPDATED = "party.updated"
    CONTACT_ADDED = "contact.added"
    CONTACT_REMOVED = "contact.removed"
    SITE_ADDED = "site.added"
    SITE_CLOSED = "site.closed"
    SITE_MOVED = "site.moved"
    SITE_CORRECTED = "site.corrected"
    CHAMPION_NAMED = "champion.named"
    CHAMPION_ENDED = "champion.ended"
    CHAMPION_CORRECTED = "champion.corrected"
    CHAMPION_WITHDRAWN = "champion.withdrawn"
    STAKE_RECORDED = "stake.recorded"
    STAKE_ENDED = "stake.ended"
    EMPLOYMENT_RECORDED = "employment.recorded"
    EMPLOYMENT_ENDED = "employment.ended"
    EMPLOYMENT_CORRECTED = "employment.corrected"
    EMPLOYMENT_WITHDRAWN = "employment.withdrawn"
    EMPLOYER_CHANGE_REQUESTED = "employer_change.requested"
    EMPLOYER_CHANGE_CONSENTED = "employer_change.consented"
    EMPLOYER_CHANGE_DECLINED = "employer_change.declined"
    EMPLOYER_CHANGE_WITHDRAWN = "employer_change.withdrawn"
    EMPLOYER_CHANGE_EXPIRED = "employer_change.expired"
    EMPLOYER_CHANGE_TAKEN_BACK = "employer_change.taken_back"
    LAST_DAY_PROPOSED = "last_day.proposed"
    LAST_DAY_SETTLED = "last_day.settled"
    CONTRACT_DRAFTED = "contract.drafted"
    CONTRACT_CHANGED = "contract.changed"
    BUDGET_LINE_ADDED = "budget_line.added"
    BUDGET_LINE_REMOVED = "budget_line.removed"
    RATE_ADDED = "rate.added"
    RATE_REMOVED = "rate.removed"
    CONTRACT_STEP_RECORDED = "contract.step_recorded"
    CONTRACT_EXECUTED = "contract.executed"
    CONTRACT_PERIOD_CHANGED = "contract_period.changed"
    CONTRACT_DOCUMENT_ADDED = "contract_document.added"
    AMENDMENT_DRAFTED = "amendment.drafted"
    AMENDMENT_CHANGED = "amendment.changed"
    AMENDMENT_WITHDRAWN = "amendment.withdrawn"
    AMENDMENT_EXECUTED = "amendment.executed"
    DEBARMENT_CHECKED = "debarment.checked"
    QUALIFICATION_RECORDED = "qualification.recorded"
    FINANCIAL_REPORT_RECORDED = "financial_report.recorded"
    INSURANCE_RECORDED = "insurance.recorded"
    INSURANCE_CORRECTED = "insurance.corrected"
    SITE_VISIT_RECORDED = "site_visit.recorded"
    CORRECTIVE_ACTION_OPENED = "corrective_action.opened"
    CORRECTIVE_ACTION_ANSWERED = "corrective_action.answered"
    CORRECTIVE_ACTION_CLOSED = "corrective_action.closed"
    MILESTONE_ADDED = "milestone.added"
    MILESTONE_REACHED = "milestone.reached"
    ASSIGNMENT_RECORDED = "assignment.recorded"
    ASSIGNMENT_ENDED = "assignment.ended"
    ASSIGNMENT_CORRECTED = "assignment.corrected"
    ASSIGNMENT_WITHDRAWN = "assignment.withdrawn"
    ASSIGNMENT_RESTORED = "assignment.restored"
    LICENCE_RECORDED = "licence.recorded"
    LICENCE_UPDATED = "licence.updated"
    BACKGROUND_CHECK_RECORDED = "background_check.recorded"
    LICENCE_CHECKED = "licence.checked"
    TRAINING_RECORDED = "training.recorded"
    TRAINING_WITHDRAWN = "training.withdrawn"
    COURSE_ADDED = "course.added"
    COURSE_CHANGED = "course.changed"
    COURSE_SESSION_SCHEDULED = "course_session.scheduled"
    COURSE_SESSION_CHANGED = "course_session.changed"
    COURSE_SESSION_CANCELLED = "course_session.cancelled"
    COURSE_SESSION_CLOSED = "course_session.closed"
    COURSE_SESSION_EVALUATED = "course_session.evaluated"
    ENROLMENT_REQUESTED = "enrolment.requested"
    ENROLMENT_WALKED_IN = "enrolment.walked_in"
    ENROLMENT_PROMOTED = "enrolment.promoted"
    ENROLMENT_WITHDRAWN = "enrolment.withdrawn"
    ENROLMENT_MOVED = "enrolment.moved"
    ENROLMENT_CANCELLED = "enrolment.cancelled"
    ENROLMENT_NEEDS_CHANGED = "enrolment.needs_changed"
    ENROLMENT_SETTLED = "enrolment.settled"
    COMPLETION_CERTIFICATE_ISSUED = "completion_certificate.issued"
    ATTENDANCE_RECORDED = "attendance.recorded"
    ATTENDANCE_CORRECTED = "attendance.corrected"
    TRAINING_CORRECTED = "training.corrected"
    TRAINING_APPROVAL_CONFIRMED = "training.approval_confirmed"
    TRAINING_APPROVAL_REJECTED = "training.approval_rejected"
    TRAINING_IMPORT_UPLOADED = "training_import.uploaded"
    TRAINING_IMPORT_COLUMNS_NAMED = "training_import.columns_named"
    TRAINING_IMPORT_CHECKED = "training_import.checked"
    TRAINING_IMPORT_PEOPLE_CONFIRMED = "training_import.people_confirmed"
    TRAINING_IMPORT_ASKED = "training_import.asked"
    TRAINING_IMPORT_FAILED = "training_import.failed"
    TRAINING_IMPORT_DISCARDED = "training_import.discarded"
    TRAINING_IMPORT_REVERTED = "training_import.reverted"
    TRAINING_IMPORT_APPLIED = "training_import.applied"
    TRAINING_MAPPING_DELETED = "training_mapping.deleted"
    TRAINING_MAPPING_SAVED = "training_mapping.saved"
    ROSTER_CHECKED = "roster.checked"
    ROSTER_IMPORTED = "roster.imported"
    ROSTER_DISCARDED = "roster.discarded"
    APPLICATION_OPENED = "application.opened"
    APPLICATION_SUBMITTED = "application.submitted"
    APPLICATION_TAKEN_UP = "application.taken_up"
    APPLICATION_ASSIGNED = "application.assigned"
    APPLICATION_RETURNED = "application.returned"
    APPLICATION_RECOMMENDED = "application.recommended"
    APPLICATION_SENT_BACK = "application.sent_back"
    APPLICATION_APPROVED = "application.approved"
    APPLICATION_DENIED = "application.denied"
    APPLICATION_REOPENED = "application.reopened"
    APPLICATION_WITHDRAWN = "application.withdrawn"
    APPLICATION_HANDED_OVER = "application.handed_over"
    APPLICATION_CLOSED = "application.closed"
    APPLICATION_EXPIRED = "application.expired"
    EVIDENCE_PROVIDED = "evidence.provided"
    EVIDENCE_WITHDRAWN = "evidence.withdrawn"
    PAPER_HANDED_IN = "paper.handed_in"
    PAPER_TAKEN_BACK = "paper.taken_back"
    PAPER_ACCEPTED = "paper.accepted"
    PAPER_SENT_BACK = "paper.sent_back"
    SIGNATURE_GIVEN = "signature.given"
    DRIFT_NOTED = "drift.noted"
    DRIFT_WITHDRAWN = "drift.withdrawn"
    DRIFT_REDATED = "drift.redated"
    REFERENCE_REQUESTED = "reference.requested"
    REFERENCE_SENT_AGAIN = "reference.sent_again"
    REFERENCE_REMINDED = "reference.reminded"
    REFERENCE_EXPIRED = "reference.expired"
    REFERENCE_CANCELLED = "reference.cancelled"
    REFERENCE_GIVEN = "reference.given"
    REFERENCE_DECLINED = "reference.declined"
    EVIDENCE_ACCEPTED = "evidence.accepted"
    EVIDENCE_RETURNED = "evidence.returned"
    REQUIREMENT_WAIVED = "requirement.waived"
    NOTE_WRITTEN = "note.written"
    CREDENTIAL_GRANTED = "credential.granted"
    CREDENTIAL_RENEWED = "credential.renewed"
    CREDENTIAL_STATUS_CHANGED = "credential.status_changed"
    CREDENTIAL_STATUS_LIFTED = "credential.status_lifted"
    CREDENTIAL_STATUS_ANNULLED = "credential.status_annulled"
    NOTICE_ISSUED = "notice.issued"
    HEARING_RECORDED = "hearing.recorded"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_REISSUED = "certificate.reissued"
    ORDER_DRAFTED = "order.drafted"
    ORDER_CHANGED = "order.changed"
    ORDER_PUT_IN_FORCE = "order.put_in_force"
    ORDER_DISCARDED = "order.discarded"
    LETTERS_ASKED_FOR = "letters.asked_for"
    ORDER_REVOKED = "order.revoked"
    TERM_MOVED = "term.moved"
    TERM_CORRECTED = "term.corrected"
    STATUS_EVENT_CORRECTED = "status_event.corrected"
    RECORD_MERGED = "record.merged"
    RECORD_SEPARATED = "record.separated"
    RECORD_DISTINGUISHED = "record.distinguished"
    RECORD_DOUBTED_AGAIN = "record.doubted_again"
    SELF_ASSESSMENT_OPENED = "self_assessment.opened"
    SELF_ASSESSMENT_AGREED = "self_assessment.agreed"
    SELF_ASSESSMENT_CLOSED = "self_assessment.closed"
    SELF_ASSESSMENT_ABANDONED = "self_assessment.abandoned"
    RESPONDENT_ADDED = "respondent.added"
    RESPONDENT_INVITED_AGAIN = "respondent.invited_again"
    RESPONDENT_REMOVED = "respondent.removed"
    RESPONDENT_ANSWERED = "respondent.answered"
    FAMILY_FEEDBACK_RECORDED = "family_feedback.recorded"
    FAMILY_FEEDBACK_CORRECTED = "family_feedback.corrected"
    REGISTER_EXPORTED = "register.exported"
    EXPOSURES_EXPORTED = "exposures.exported"
    PRACTICE_NEED_RECORDED = "practice_need.recorded"
    PROPOSAL_ASKED = "proposal.asked"
    PROPOSAL_COMPUTED = "proposal.computed"
    PROPOSAL_FAILED = "proposal.failed"
    PROPOSAL_ACCEPTANCE_ASKED = "proposal_acceptance.asked"
    PROPOSAL_ACCEPTANCE_ENDED = "proposal_acceptance.ended"
    PROPOSAL_LINE_ACCEPTED = "proposal_line.accepted"
    PROPOSAL_LINE_DECLINED = "proposal_line.declined"
    PROPOSAL_LINE_REFUSED = "proposal_line.refused"
    CE_SAMPLE_SELECTED = "ce_sample.selected"
    CE_PROOF_PROVIDED = "ce_proof.provided"
    CE_RESULT_RECORDED = "ce_result.recorded"
    CE_RESULT_CORRECTED = "ce_result.corrected"
    CONVENING_PLANNED = "convening.planned"
    CONVENING_CHANGED = "convening.changed"
    CONVENING_CANCELLED = "convening.cancelled"
    CONVENING_ANSWERED = "convening.answered"
    CONVENING_ATTENDANCE_RECORDED = "convening_attendance.recorded"
    CONVENING_ATTENDANCE_CORRECTED = "convening_attendance.corrected"
    THEME_RECORDED = "theme.recorded"
    THEME_CORRECTED = "theme.corrected"
    THEME_WITHDRAWN = "theme.withdrawn"
    CASELOAD_SHEET_CHECKED = "caseload_sheet.checked"
    CASELOAD_SHEET_TAKEN_OVER = "caseload_sheet.taken_over"
    CASELOAD_SHEET_DISCARDED = "caseload_sheet.discarded"
    CASELOAD_REPORT_FILED = "caseload_report.filed"
    CASELOAD_REPORT_CORRECTED = "caseload_report.corrected"
    CASELOAD_QUESTION_ANSWERED = "caseload_question.answered"
    CASELOAD_QUESTION_ASKED_AGAIN = "caseload_question.asked_again"
    CASELOAD_QUESTION_ACCEPTED = "caseload_question.accepted"
    CALENDAR_FEED_OPENED = "calendar_feed.opened"
    CALENDAR_FEED_REVOKED = "calendar_feed.revoked"
    PAYER_REGISTERED = "payer.registered"
    PAYER_CHANGED = "payer.changed"
    FUND_YEAR_OPENED = "fund_year.opened"
    FUND_YEAR_CONFIGURED = "fund_year.configured"
    FUND_LINE_ADDED = "fund_line.added"
    FUND_LINE_WITHDRAWN = "fund_line.withdrawn"
    FUND_UNITS_RECORDED = "fund_units.recorded"
    PAYER_BASE_RECORDED = "payer_base.recorded"
    FUND_SHARES_ADOPTED = "fund_shares.adopted"
    FUND_NOTICES_ISSUED = "fund_notices.issued"
    FUND_PAYMENT_RECORDED = "fund_payment.recorded"
    FUND_PAYMENT_REVERSED = "fund_payment.reversed"
    FUND_PAYMENT_REFUNDED = "fund_payment.refunded"
    ASSESSMENT_WRITTEN_OFF = "assessment.written_off"
    INSTALMENT_REFERRED = "instalment.referred"
    FUND_APPEAL_FILED = "fund_appeal.filed"
    FUND_APPEAL_DECIDED = "fund_appeal.decided"
    FUND_YEAR_TRUED_UP = "fund_year.trued_up"
    FUND_YEAR_CLOSED = "fund_year.closed"
    FUND_YEAR_REOPENED = "fund_year.reopened"
    AUDIT_VERIFIED = "audit.verified"
    MESSAGE_RETRIED = "message.retried"


SENTENCES: dict[AuditAction, str] = {
    AuditAction.USER_CREATED: "opened an account",
    AuditAction.USER_INVITED: "invited a person to open an account",
    AuditAction.USER_SIGNED_IN: "signed in",
    AuditAction.USER_SIGNED_OUT: "signed out",
    AuditAction.USER_SIGN_IN_FAILED: "could not sign in",
    AuditAction.USER_DEACTIVATED: "closed an account",
    AuditAction.USER_REACTIVATED: "opened a closed account again",
    AuditAction.SESSION_ENDED: "ended a session",
    AuditAction.INVITATION_ACCEPTED: "accepted an invitation",
    AuditAction.INVITATION_REVOKED: "took back an invitation",
    AuditAction.PASSWORD_RESET_REQUESTED: "asked for a new password",
    AuditAction.PASSWORD_CHANGED: "changed a password",
    AuditAction.MUNICIPALITIES_LOADED: "loaded the list of municipalities",
    AuditAction.STANDARD_DRAFTED: "drafted a version of a standard",
    AuditAction.STANDARD_REVISED: "changed the draft of a standard",
    AuditAction.STANDARD_DISCARDED: "discarded the draft of a standard",
    AuditAction.STANDARD_ADOPTED: "adopted a version of a standard",
    AuditAction.PARTY_REGISTERED: "added a record",
    AuditAction.PARTY_UPDATED: "changed a record",
    AuditAction.CONTACT_ADDED: "added a contact",
    AuditAction.CONTACT_REMOVED: "removed a contact",
    AuditAction.SITE_ADDED: "added a site",
    AuditAction.SITE_CLOSED: "noted that a site closes",
    AuditAction.SITE_MOVED: "recorded that a site moves",
    AuditAction.SITE_CORRECTED: "corrected a site",
    AuditAction.CHAMPION_NAMED: "named a champion of a practice",
    AuditAction.CHAMPION_ENDED: "recorded the last day of a champion",
    AuditAction.CHAMPION_CORRECTED: "corrected the record of a champion",
    AuditAction.CHAMPION_WITHDRAWN: "struck a champion who was entered by mistake",
    AuditAction.STAKE_RECORDED: "recorded who owns or controls an organization",
    AuditAction.STAKE_ENDED: "recorded the end of an ownership",
    AuditAction.EMPLOYMENT_RECORDED: "recorded an employment",
    AuditAction.EMPLOYMENT_ENDED: "recorded the end of an employment",
    AuditAction.EMPLOYMENT_CORRECTED: "corrected an employment",
    AuditAction.EMPLOYMENT_WITHDRAWN: "took back an employment that had not begun",
    AuditAction.EMPLOYER_CHANGE_REQUESTED: "asked a coordinator to join another employer",
    AuditAction.EMPLOYER_CHANGE_CONSENTED: "agreed to a change of employer",
    AuditAction.EMPLOYER_CHANGE_DECLINED: "said no to a change of employer",
    AuditAction.EMPLOYER_CHANGE_WITHDRAWN: "withdrew the request for a change of employer",
    AuditAction.EMPLOYER_CHANGE_EXPIRED: "let a request for a change of employer expire",
    AuditAction.EMPLOYER_CHANGE_TAKEN_BACK: "took back a change of employer before its first day",
    AuditAction.LAST_DAY_PROPOSED: "proposed another last day of work",
    AuditAction.LAST_DAY_SETTLED: "settled which day was the last day of work",
    AuditAction.CONTRACT_DRAFTED: "drafted a contract",
    AuditAction.CONTRACT_CHANGED: "changed the draft of a contract",
    AuditAction.BUDGET_LINE_ADDED: "added a line to a contract's budget",
    AuditAction.BUDGET_LINE_REMOVED: "removed a line from a contract's budget",
    AuditAction.RATE_ADDED: "added a rate to a contract",
    AuditAction.RATE_REMOVED: "removed a rate from a contract",
    AuditAction.CONTRACT_STEP_RECORDED: "recorded a step of a contract",
    AuditAction.CONTRACT_EXECUTED: "executed a contract",
    AuditAction.CONTRACT_PERIOD_CHANGED: "changed the days on which a contract is in force",
    AuditAction.CONTRACT_DOCUMENT_ADDED: "added a document number to a contract",
    AuditAction.AMENDMENT_DRAFTED: "drafted an amendment of a contract",
    AuditAction.AMENDMENT_CHANGED: "changed the draft of an amendment",
    AuditAction.AMENDMENT_WITHDRAWN: "withdrew an amendment",
    AuditAction.AMENDMENT_EXECUTED: "executed an amendment of a contract",
    AuditAction.DEBARMENT_CHECKED: "checked whether a vendor is debarred",
    AuditAction.QUALIFICATION_RECORDED: "recorded a provider qualification",
    AuditAction.FINANCIAL_REPORT_RECORDED: "recorded a Uniform Financial Report",
    AuditAction.INSURANCE_RECORDED: "recorded an insurance of a vendor",
    AuditAction.INSURANCE_CORRECTED: "corrected an insurance of a vendor",
    AuditAction.SITE_VISIT_RECORDED: "recorded a site visit",
    AuditAction.CORRECTIVE_ACTION_OPENED: "asked a vendor for corrective action",
    AuditAction.CORRECTIVE_ACTION_ANSWERED: "answered a corrective action",
    AuditAction.CORRECTIVE_ACTION_CLOSED: "closed a corrective action",
    AuditAction.MILESTONE_ADDED: "added a milestone to a corrective action",
    AuditAction.MILESTONE_REACHED: "saw a milestone of a corrective action done",
    AuditAction.ASSIGNMENT_RECORDED: "placed a coordinator in a practice",
    AuditAction.ASSIGNMENT_ENDED: "ended a coordinator's assignment",
    AuditAction.ASSIGNMENT_CORRECTED: "corrected the days of a coordinator's assignment",
    AuditAction.ASSIGNMENT_WITHDRAWN: "took back an assignment that would begin after the employment",
    AuditAction.ASSIGNMENT_RESTORED: "restored an assignment that a change of employer had ended",
    AuditAction.LICENCE_RECORDED: "recorded an external licence",
    AuditAction.LICENCE_UPDATED: "updated an external licence",
    AuditAction.BACKGROUND_CHECK_RECORDED: "recorded that a background check was done again",
    AuditAction.LICENCE_CHECKED: "looked up an external licence at its source",
    AuditAction.TRAINING_RECORDED: "recorded training hours",
    AuditAction.TRAINING_WITHDRAWN: "took back training hours",
    AuditAction.COURSE_ADDED: "put a course into the catalogue",
    AuditAction.COURSE_CHANGED: "changed a course of the catalogue",
    AuditAction.COURSE_SESSION_SCHEDULED: "planned a session of a course",
    AuditAction.COURSE_SESSION_CHANGED: "changed a session of a course",
    AuditAction.COURSE_SESSION_CANCELLED: "cancelled a session of a course",
    AuditAction.COURSE_SESSION_CLOSED: "closed a session and entered the hours",
    AuditAction.COURSE_SESSION_EVALUATED: "sent the evaluation form of a session",
    AuditAction.ENROLMENT_REQUESTED: "enrolled somebody in a session",
    AuditAction.ENROLMENT_WALKED_IN: "gave a seat to somebody who came without one",
    AuditAction.ENROLMENT_PROMOTED: "gave a seat to somebody on the waiting list",
    AuditAction.ENROLMENT_WITHDRAWN: "gave up a place in a session",
    AuditAction.ENROLMENT_MOVED: "moved somebody to another session",
    AuditAction.ENROLMENT_CANCELLED: "ended a place because the session was cancelled",
    AuditAction.ENROLMENT_NEEDS_CHANGED: "said what somebody needs to take part",
    AuditAction.ENROLMENT_SETTLED: "settled what a session gave somebody",
    AuditAction.COMPLETION_CERTIFICATE_ISSUED: "issued a certificate of completion",
    AuditAction.ATTENDANCE_RECORDED: "noted who was in a meeting",
    AuditAction.ATTENDANCE_CORRECTED: "corrected who was in a session",
    AuditAction.TRAINING_CORRECTED: "corrected training hours",
    AuditAction.TRAINING_APPROVAL_CONFIRMED: "confirmed that a training is approved",
    AuditAction.TRAINING_APPROVAL_REJECTED: "found that a training is not approved",
    AuditAction.TRAINING_IMPORT_UPLOADED: "uploaded a file of training",
    AuditAction.TRAINING_IMPORT_COLUMNS_NAMED: "said how a file of training is to be read",
    AuditAction.TRAINING_IMPORT_CHECKED: "checked a file of training",
    AuditAction.TRAINING_IMPORT_PEOPLE_CONFIRMED: "confirmed the people of a file of training",
    AuditAction.TRAINING_IMPORT_ASKED: "had the worker take up a file of training",
    AuditAction.TRAINING_IMPORT_FAILED: "could not finish the work on a file of training",
    AuditAction.TRAINING_IMPORT_DISCARDED: "discarded a file of training",
    AuditAction.TRAINING_IMPORT_REVERTED: "undid the import of a file of training",
    AuditAction.TRAINING_IMPORT_APPLIED: "imported a file of training",
    AuditAction.TRAINING_MAPPING_DELETED: "deleted saved columns of files of training",
    AuditAction.TRAINING_MAPPING_SAVED: "saved how files of training are read",
    AuditAction.ROSTER_CHECKED: "checked a roster file",
    AuditAction.ROSTER_IMPORTED: "imported a roster",
    AuditAction.ROSTER_DISCARDED: "discarded a roster file",
    AuditAction.APPLICATION_OPENED: "started an application",
    AuditAction.APPLICATION_SUBMITTED: "submitted an application",
    AuditAction.APPLICATION_TAKEN_UP: "took up an application for review",
    AuditAction.APPLICATION_ASSIGNED: "gave an application to a reviewer",
    AuditAction.APPLICATION_RECOMMENDED: "recommended a decision",
    AuditAction.APPLICATION_SENT_BACK: "took a recommended application back into review",
    AuditAction.APPLICATION_RETURNED: "returned an application for correction",
    AuditAction.APPLICATION_APPROVED: "approved an application",
    AuditAction.APPLICATION_DENIED: "denied an application",
    AuditAction.APPLICATION_REOPENED: "opened a denied application again",
    AuditAction.APPLICATION_WITHDRAWN: "withdrew an application",
    AuditAction.APPLICATION_HANDED_OVER: "handed an application over to the present employer",
    AuditAction.APPLICATION_CLOSED: "closed an application without a decision",
    AuditAction.APPLICATION_EXPIRED: "closed an application that was never completed",
    AuditAction.EVIDENCE_PROVIDED: "provided evidence",
    AuditAction.EVIDENCE_WITHDRAWN: "took back evidence",
    AuditAction.PAPER_HANDED_IN: "handed in a paper between applications",
    AuditAction.PAPER_TAKEN_BACK: "took back a paper",
    AuditAction.PAPER_ACCEPTED: "accepted a paper",
    AuditAction.PAPER_SENT_BACK: "sent back a paper with a reason",
    AuditAction.SIGNATURE_GIVEN: "signed a statement on the screen",
    AuditAction.DRIFT_NOTED: "found that a fact under a signed statement has changed",
    AuditAction.DRIFT_WITHDRAWN: "found that a fact under a signed statement is as before",
    AuditAction.DRIFT_REDATED: "found that a fact under a signed statement changed on another day",
    AuditAction.REFERENCE_REQUESTED: "asked somebody for a reference",
    AuditAction.REFERENCE_SENT_AGAIN: "sent a request for a reference again",
    AuditAction.REFERENCE_REMINDED: "reminded somebody of a reference",
    AuditAction.REFERENCE_EXPIRED: "told the applicant that a request for a reference expired",
    AuditAction.REFERENCE_CANCELLED: "took back a request for a reference",
    AuditAction.REFERENCE_GIVEN: "gave a reference",
    AuditAction.REFERENCE_DECLINED: "could not give a reference",
    AuditAction.EVIDENCE_ACCEPTED: "accepted evidence",
    AuditAction.EVIDENCE_RETURNED: "returned evidence with a reason",
    AuditAction.REQUIREMENT_WAIVED: "waived a requirement",
    AuditAction.NOTE_WRITTEN: "wrote a note on a requirement",
    AuditAction.CREDENTIAL_GRANTED: "granted a credential",
    AuditAction.CREDENTIAL_RENEWED: "renewed a credential",
    AuditAction.CREDENTIAL_STATUS_CHANGED: "changed the status of a credential",
    AuditAction.CREDENTIAL_STATUS_LIFTED: "lifted a status from a credential",
    AuditAction.CREDENTIAL_STATUS_ANNULLED: "set a status aside from its first day",
    AuditAction.NOTICE_ISSUED: "sent a notice to the holder",
    AuditAction.HEARING_RECORDED: "recorded a step of a hearing",
    AuditAction.CERTIFICATE_ISSUED: "issued a certificate",
    AuditAction.CERTIFICATE_REISSUED: "issued a certificate again",
    AuditAction.ORDER_DRAFTED: "drafted an order of the Board",
    AuditAction.ORDER_CHANGED: "changed the draft of an order of the Board",
    AuditAction.ORDER_PUT_IN_FORCE: "put an order of the Board in force",
    AuditAction.ORDER_DISCARDED: "discarded the draft of an order",
    AuditAction.LETTERS_ASKED_FOR: "asked for letters to everybody whom this touches",
    AuditAction.ORDER_REVOKED: "revoked an order of the Board",
    AuditAction.TERM_MOVED: "moved the dates of a term by an order of the Board",
    AuditAction.TERM_CORRECTED: "corrected the dates of a term",
    AuditAction.STATUS_EVENT_CORRECTED: "corrected the dates of a status event",
    AuditAction.RECORD_MERGED: "merged two records of one person",
    AuditAction.RECORD_SEPARATED: "separated two records that had been merged",
    AuditAction.RECORD_DISTINGUISHED: "marked two records as of two people",
    AuditAction.RECORD_DOUBTED_AGAIN: "took back that two records are of two people",
    AuditAction.SELF_ASSESSMENT_OPENED: "started a self-assessment",
    AuditAction.SELF_ASSESSMENT_AGREED: "recorded agreed scores of a self-assessment",
    AuditAction.SELF_ASSESSMENT_CLOSED: "closed a self-assessment",
    AuditAction.SELF_ASSESSMENT_ABANDONED: "gave up a self-assessment",
    AuditAction.RESPONDENT_ADDED: "added a person to a self-assessment",
    AuditAction.RESPONDENT_INVITED_AGAIN: "sent the link to a self-assessment again",
    AuditAction.RESPONDENT_REMOVED: "removed a person from a self-assessment",
    AuditAction.RESPONDENT_ANSWERED: "saved answers to a self-assessment",
    AuditAction.FAMILY_FEEDBACK_RECORDED: "recorded a round of family feedback",
    AuditAction.FAMILY_FEEDBACK_CORRECTED: "corrected a round of family feedback",
    AuditAction.REGISTER_EXPORTED: "exported a register",
    AuditAction.PRACTICE_NEED_RECORDED: "recorded what a practice needs",
    AuditAction.PROPOSAL_ASKED: "asked for a proposal of assignments",
    AuditAction.PROPOSAL_COMPUTED: "computed a proposal of assignments",
    AuditAction.PROPOSAL_FAILED: "could not compute a proposal of assignments",
    AuditAction.PROPOSAL_ACCEPTANCE_ASKED: "asked to accept all open lines of a proposal",
    AuditAction.PROPOSAL_ACCEPTANCE_ENDED: "went through all open lines of a proposal",
    AuditAction.PROPOSAL_LINE_ACCEPTED: "accepted a line of a proposal",
    AuditAction.PROPOSAL_LINE_DECLINED: "declined a line of a proposal",
    AuditAction.PROPOSAL_LINE_REFUSED: "tried a line of a proposal that no longer holds",
    AuditAction.EXPOSURES_EXPORTED: "exported the list of exposed assignments",
    AuditAction.CE_SAMPLE_SELECTED: "drew a sample for the audit of continuing education",
    AuditAction.CE_PROOF_PROVIDED: "handed in a proof of continuing education",
    AuditAction.CE_RESULT_RECORDED: "recorded the outcome of an audit of continuing education",
    AuditAction.CE_RESULT_CORRECTED: "corrected the outcome of an audit of continuing education",
    AuditAction.CONVENING_PLANNED: "planned a state meeting",
    AuditAction.CONVENING_CHANGED: "changed a state meeting",
    AuditAction.CONVENING_CANCELLED: "cancelled a state meeting",
    AuditAction.CONVENING_ANSWERED: "answered whether a coordinator comes to a state meeting",
    AuditAction.CONVENING_ATTENDANCE_RECORDED: "recorded that a coordinator was at a state meeting",
    AuditAction.CONVENING_ATTENDANCE_CORRECTED: "corrected whether a coordinator was at a state meeting",
    AuditAction.THEME_RECORDED: "recorded what was raised at a state meeting",
    AuditAction.THEME_CORRECTED: "corrected what was raised at a state meeting",
    AuditAction.THEME_WITHDRAWN: "struck a theme of a state meeting",
    AuditAction.CASELOAD_SHEET_CHECKED: "checked a spreadsheet of a month's caseload",
    AuditAction.CASELOAD_SHEET_TAKEN_OVER: "took over a spreadsheet of a month's caseload",
    AuditAction.CASELOAD_SHEET_DISCARDED: "put a spreadsheet of a month's caseload aside",
    AuditAction.CASELOAD_REPORT_FILED: "filed a month's caseload report",
    AuditAction.CASELOAD_REPORT_CORRECTED: "corrected a month's caseload report",
    AuditAction.CASELOAD_QUESTION_ANSWERED: "answered a question about a caseload report",
    AuditAction.CASELOAD_QUESTION_ASKED_AGAIN: "asked again about a caseload report",
    AuditAction.CASELOAD_QUESTION_ACCEPTED: "accepted an answer about a caseload report",
    AuditAction.CALENDAR_FEED_OPENED: "made a private calendar address",
    AuditAction.CALENDAR_FEED_REVOKED: "revoked a private calendar address",
    **{AuditAction(action): words for action, words in FUND_SENTENCES.items()},
    AuditAction.AUDIT_VERIFIED: "verified the audit trail",
    AuditAction.MESSAGE_RETRIED: "sent a failed message again",
}

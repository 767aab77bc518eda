"""The initial schema, with the triggers that protect what must only grow.

Written by migrations/renew_initial.py. From the first release on it is never changed again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PROTECT = {
    "postgresql": [
        "\nCREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  RAISE EXCEPTION USING MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never changed or removed';\nEND $$\n",
        "CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER audit_entry_is_not_truncated BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER access_log_is_append_only BEFORE UPDATE OR DELETE ON access_log FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER access_log_is_not_truncated BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER evidence_is_append_only BEFORE UPDATE OR DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER evidence_is_not_truncated BEFORE TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER item_review_is_append_only BEFORE UPDATE OR DELETE ON item_review FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER item_review_is_not_truncated BEFORE TRUNCATE ON item_review FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER evaluation_record_is_append_only BEFORE UPDATE OR DELETE ON evaluation_record FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER evaluation_record_is_not_truncated BEFORE TRUNCATE ON evaluation_record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER decision_is_append_only BEFORE UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER decision_is_not_truncated BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER certificate_is_append_only BEFORE UPDATE OR DELETE ON certificate FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER certificate_is_not_truncated BEFORE TRUNCATE ON certificate FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER training_approval_is_append_only BEFORE UPDATE OR DELETE ON training_approval FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER training_approval_is_not_truncated BEFORE TRUNCATE ON training_approval FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER order_revocation_is_append_only BEFORE UPDATE OR DELETE ON order_revocation FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER order_revocation_is_not_truncated BEFORE TRUNCATE ON order_revocation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER order_effect_is_append_only BEFORE UPDATE OR DELETE ON order_effect FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER order_effect_is_not_truncated BEFORE TRUNCATE ON order_effect FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER application_stage_is_append_only BEFORE UPDATE OR DELETE ON application_stage FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER application_stage_is_not_truncated BEFORE TRUNCATE ON application_stage FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER recommendation_is_append_only BEFORE UPDATE OR DELETE ON recommendation FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER recommendation_is_not_truncated BEFORE TRUNCATE ON recommendation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER requirement_note_is_append_only BEFORE UPDATE OR DELETE ON requirement_note FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER requirement_note_is_not_truncated BEFORE TRUNCATE ON requirement_note FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER action_notice_is_append_only BEFORE UPDATE OR DELETE ON action_notice FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER action_notice_is_not_truncated BEFORE TRUNCATE ON action_notice FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER hearing_entry_is_append_only BEFORE UPDATE OR DELETE ON hearing_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER hearing_entry_is_not_truncated BEFORE TRUNCATE ON hearing_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER reference_signature_is_append_only BEFORE UPDATE OR DELETE ON reference_signature FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER reference_signature_is_not_truncated BEFORE TRUNCATE ON reference_signature FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER statement_is_append_only BEFORE UPDATE OR DELETE ON statement FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER statement_is_not_truncated BEFORE TRUNCATE ON statement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER signature_is_append_only BEFORE UPDATE OR DELETE ON signature FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER signature_is_not_truncated BEFORE TRUNCATE ON signature FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER licence_check_is_append_only BEFORE UPDATE OR DELETE ON licence_check FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER licence_check_is_not_truncated BEFORE TRUNCATE ON licence_check FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER self_assessment_result_is_append_only BEFORE UPDATE OR DELETE ON self_assessment_result FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER self_assessment_result_is_not_truncated BEFORE TRUNCATE ON self_assessment_result FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER family_feedback_is_append_only BEFORE UPDATE OR DELETE ON family_feedback FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER family_feedback_is_not_truncated BEFORE TRUNCATE ON family_feedback FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_audit_is_append_only BEFORE UPDATE OR DELETE ON ce_audit FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_audit_is_not_truncated BEFORE TRUNCATE ON ce_audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_selection_is_append_only BEFORE UPDATE OR DELETE ON ce_selection FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_selection_is_not_truncated BEFORE TRUNCATE ON ce_selection FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_proof_is_append_only BEFORE UPDATE OR DELETE ON ce_proof FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_proof_is_not_truncated BEFORE TRUNCATE ON ce_proof FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_result_is_append_only BEFORE UPDATE OR DELETE ON ce_result FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_result_is_not_truncated BEFORE TRUNCATE ON ce_result FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER employer_change_answer_is_append_only BEFORE UPDATE OR DELETE ON employer_change_answer FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER employer_change_answer_is_not_truncated BEFORE TRUNCATE ON employer_change_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER employer_change_effect_is_append_only BEFORE UPDATE OR DELETE ON employer_change_effect FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER employer_change_effect_is_not_truncated BEFORE TRUNCATE ON employer_change_effect FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER correction_is_append_only BEFORE UPDATE OR DELETE ON correction FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER correction_is_not_truncated BEFORE TRUNCATE ON correction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER record_merge_item_is_append_only BEFORE UPDATE OR DELETE ON record_merge_item FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER record_merge_item_is_not_truncated BEFORE TRUNCATE ON record_merge_item FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER submittal_is_append_only BEFORE UPDATE OR DELETE ON submittal FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER submittal_is_not_truncated BEFORE TRUNCATE ON submittal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER submittal_review_is_append_only BEFORE UPDATE OR DELETE ON submittal_review FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER submittal_review_is_not_truncated BEFORE TRUNCATE ON submittal_review FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER completion_certificate_is_append_only BEFORE UPDATE OR DELETE ON completion_certificate FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER completion_certificate_is_not_truncated BEFORE TRUNCATE ON completion_certificate FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER session_evaluation_is_append_only BEFORE UPDATE OR DELETE ON session_evaluation FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER session_evaluation_is_not_truncated BEFORE TRUNCATE ON session_evaluation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER convening_invitation_is_append_only BEFORE UPDATE OR DELETE ON convening_invitation FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER convening_invitation_is_not_truncated BEFORE TRUNCATE ON convening_invitation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER convening_answer_is_append_only BEFORE UPDATE OR DELETE ON convening_answer FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER convening_answer_is_not_truncated BEFORE TRUNCATE ON convening_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER convening_attendance_is_append_only BEFORE UPDATE OR DELETE ON convening_attendance FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER convening_attendance_is_not_truncated BEFORE TRUNCATE ON convening_attendance FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER convening_theme_is_append_only BEFORE UPDATE OR DELETE ON convening_theme FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER convening_theme_is_not_truncated BEFORE TRUNCATE ON convening_theme FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER contract_step_is_append_only BEFORE UPDATE OR DELETE ON contract_step FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER contract_step_is_not_truncated BEFORE TRUNCATE ON contract_step FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER contract_open_item_is_append_only BEFORE UPDATE OR DELETE ON contract_open_item FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER contract_open_item_is_not_truncated BEFORE TRUNCATE ON contract_open_item FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER debarment_check_is_append_only BEFORE UPDATE OR DELETE ON debarment_check FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER debarment_check_is_not_truncated BEFORE TRUNCATE ON debarment_check FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER provider_qualification_is_append_only BEFORE UPDATE OR DELETE ON provider_qualification FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER provider_qualification_is_not_truncated BEFORE TRUNCATE ON provider_qualification FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER financial_report_is_append_only BEFORE UPDATE OR DELETE ON financial_report FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER financial_report_is_not_truncated BEFORE TRUNCATE ON financial_report FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER site_visit_is_append_only BEFORE UPDATE OR DELETE ON site_visit FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER site_visit_is_not_truncated BEFORE TRUNCATE ON site_visit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER corrective_answer_is_append_only BEFORE UPDATE OR DELETE ON corrective_answer FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER corrective_answer_is_not_truncated BEFORE TRUNCATE ON corrective_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER vendor_invoice_line_is_append_only BEFORE UPDATE OR DELETE ON vendor_invoice_line FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER vendor_invoice_line_is_not_truncated BEFORE TRUNCATE ON vendor_invoice_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER vendor_payment_is_append_only BEFORE UPDATE OR DELETE ON vendor_payment FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER vendor_payment_is_not_truncated BEFORE TRUNCATE ON vendor_payment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER payment_hold_is_append_only BEFORE UPDATE OR DELETE ON payment_hold FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER payment_hold_is_not_truncated BEFORE TRUNCATE ON payment_hold FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER hold_decision_is_append_only BEFORE UPDATE OR DELETE ON hold_decision FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER hold_decision_is_not_truncated BEFORE TRUNCATE ON hold_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER caseload_line_is_append_only BEFORE UPDATE OR DELETE ON caseload_line FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER caseload_line_is_not_truncated BEFORE TRUNCATE ON caseload_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER caseload_count_is_append_only BEFORE UPDATE OR DELETE ON caseload_count FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER caseload_count_is_not_truncated BEFORE TRUNCATE ON caseload_count FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER caseload_question_move_is_append_only BEFORE UPDATE OR DELETE ON caseload_question_move FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER caseload_question_move_is_not_truncated BEFORE TRUNCATE ON caseload_question_move FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_allocation_is_append_only BEFORE UPDATE OR DELETE ON fund_allocation FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_allocation_is_not_truncated BEFORE TRUNCATE ON fund_allocation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_true_up_is_append_only BEFORE UPDATE OR DELETE ON fund_true_up FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_true_up_is_not_truncated BEFORE TRUNCATE ON fund_true_up FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_year_event_is_append_only BEFORE UPDATE OR DELETE ON fund_year_event FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_year_event_is_not_truncated BEFORE TRUNCATE ON fund_year_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER assessment_is_append_only BEFORE UPDATE OR DELETE ON assessment FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER assessment_is_not_truncated BEFORE TRUNCATE ON assessment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER instalment_is_append_only BEFORE UPDATE OR DELETE ON instalment FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER instalment_is_not_truncated BEFORE TRUNCATE ON instalment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_adjustment_is_append_only BEFORE UPDATE OR DELETE ON fund_adjustment FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_adjustment_is_not_truncated BEFORE TRUNCATE ON fund_adjustment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_notice_is_append_only BEFORE UPDATE OR DELETE ON fund_notice FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_notice_is_not_truncated BEFORE TRUNCATE ON fund_notice FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_payment_is_append_only BEFORE UPDATE OR DELETE ON fund_payment FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_payment_is_not_truncated BEFORE TRUNCATE ON fund_payment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_write_off_is_append_only BEFORE UPDATE OR DELETE ON fund_write_off FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_write_off_is_not_truncated BEFORE TRUNCATE ON fund_write_off FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_referral_is_append_only BEFORE UPDATE OR DELETE ON fund_referral FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_referral_is_not_truncated BEFORE TRUNCATE ON fund_referral FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_appeal_is_append_only BEFORE UPDATE OR DELETE ON fund_appeal FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_appeal_is_not_truncated BEFORE TRUNCATE ON fund_appeal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_appeal_decision_is_append_only BEFORE UPDATE OR DELETE ON fund_appeal_decision FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_appeal_decision_is_not_truncated BEFORE TRUNCATE ON fund_appeal_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER true_up_line_is_append_only BEFORE UPDATE OR DELETE ON true_up_line FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER true_up_line_is_not_truncated BEFORE TRUNCATE ON true_up_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_movement_is_append_only BEFORE UPDATE OR DELETE ON fund_movement FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER fund_movement_is_not_truncated BEFORE TRUNCATE ON fund_movement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER payer_answer_is_append_only BEFORE UPDATE OR DELETE ON payer_answer FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER payer_answer_is_not_truncated BEFORE TRUNCATE ON payer_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ledger_entry_is_append_only BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ledger_entry_is_not_truncated BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ledger_posting_is_append_only BEFORE UPDATE OR DELETE ON ledger_posting FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ledger_posting_is_not_truncated BEFORE TRUNCATE ON ledger_posting FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head FOR EACH ROW WHEN (NEW.seq <= OLD.seq OR NEW.id <> OLD.id) EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER audit_head_is_not_truncated BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER standard_version_is_frozen BEFORE UPDATE OR DELETE ON standard_version FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER board_order_is_frozen BEFORE UPDATE OR DELETE ON board_order FOR EACH ROW WHEN (OLD.in_force_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER contract_is_frozen BEFORE UPDATE OR DELETE ON contract FOR EACH ROW WHEN (OLD.executed_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER contract_amendment_is_frozen BEFORE UPDATE OR DELETE ON contract_amendment FOR EACH ROW WHEN (OLD.executed_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER budget_line_is_frozen BEFORE UPDATE OR DELETE ON budget_line FOR EACH ROW WHEN (OLD.in_force_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER contract_rate_is_frozen BEFORE UPDATE OR DELETE ON contract_rate FOR EACH ROW WHEN (OLD.in_force_at IS NOT NULL) EXECUTE FUNCTION refuse_change()",
        "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '3a32e2c96111a014236cb180d4b5385b7063b62089f96d02b8111e36c98533a4')",
        "\nCREATE OR REPLACE FUNCTION move_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  UPDATE audit_head SET seq = newest.seq, hash = newest.hash\n  FROM (SELECT seq, hash FROM added ORDER BY seq DESC LIMIT 1) AS newest WHERE audit_head.seq < newest.seq;\n  RETURN NULL;\nEND $$\n",
        "CREATE TRIGGER audit_entry_moves_head AFTER INSERT ON audit_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION move_audit_head()",
    ],
    "sqlite": [
        "CREATE TRIGGER audit_entry_refuses_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'rows of audit_entry are never changed or removed'); END",
        "CREATE TRIGGER audit_entry_refuses_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'rows of audit_entry are never changed or removed'); END",
        "CREATE TRIGGER audit_entry_refuses_replace BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry AS kept WHERE kept.seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'rows of audit_entry are never changed or removed'); END",
        "CREATE TRIGGER access_log_refuses_update BEFORE UPDATE ON access_log BEGIN SELECT RAISE(ABORT, 'rows of access_log are never changed or removed'); END",
        "CREATE TRIGGER access_log_refuses_delete BEFORE DELETE ON access_log BEGIN SELECT RAISE(ABORT, 'rows of access_log are never changed or removed'); END",
        "CREATE TRIGGER access_log_refuses_replace BEFORE INSERT ON access_log WHEN EXISTS (SELECT 1 FROM access_log AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of access_log are never changed or removed'); END",
        "CREATE TRIGGER evidence_refuses_update BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'rows of evidence are never changed or removed'); END",
        "CREATE TRIGGER evidence_refuses_delete BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'rows of evidence are never changed or removed'); END",
        "CREATE TRIGGER evidence_refuses_replace BEFORE INSERT ON evidence WHEN EXISTS (SELECT 1 FROM evidence AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM evidence AS kept WHERE kept.supersedes_id = NEW.supersedes_id) BEGIN SELECT RAISE(ABORT, 'rows of evidence are never changed or removed'); END",
        "CREATE TRIGGER item_review_refuses_update BEFORE UPDATE ON item_review BEGIN SELECT RAISE(ABORT, 'rows of item_review are never changed or removed'); END",
        "CREATE TRIGGER item_review_refuses_delete BEFORE DELETE ON item_review BEGIN SELECT RAISE(ABORT, 'rows of item_review are never changed or removed'); END",
        "CREATE TRIGGER item_review_refuses_replace BEFORE INSERT ON item_review WHEN EXISTS (SELECT 1 FROM item_review AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of item_review are never changed or removed'); END",
        "CREATE TRIGGER evaluation_record_refuses_update BEFORE UPDATE ON evaluation_record BEGIN SELECT RAISE(ABORT, 'rows of evaluation_record are never changed or removed'); END",
        "CREATE TRIGGER evaluation_record_refuses_delete BEFORE DELETE ON evaluation_record BEGIN SELECT RAISE(ABORT, 'rows of evaluation_record are never changed or removed'); END",
        "CREATE TRIGGER evaluation_record_refuses_replace BEFORE INSERT ON evaluation_record WHEN EXISTS (SELECT 1 FROM evaluation_record AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of evaluation_record are never changed or removed'); END",
        "CREATE TRIGGER decision_refuses_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'rows of decision are never changed or removed'); END",
        "CREATE TRIGGER decision_refuses_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'rows of decision are never changed or removed'); END",
        "CREATE TRIGGER decision_refuses_replace BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM decision AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM decision AS kept WHERE kept.application_id = NEW.application_id AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of decision are never changed or removed'); END",
        "CREATE TRIGGER certificate_refuses_update BEFORE UPDATE ON certificate BEGIN SELECT RAISE(ABORT, 'rows of certificate are never changed or removed'); END",
        "CREATE TRIGGER certificate_refuses_delete BEFORE DELETE ON certificate BEGIN SELECT RAISE(ABORT, 'rows of certificate are never changed or removed'); END",
        "CREATE TRIGGER certificate_refuses_replace BEFORE INSERT ON certificate WHEN EXISTS (SELECT 1 FROM certificate AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM certificate AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM certificate AS kept WHERE kept.verification_code = NEW.verification_code) OR EXISTS (SELECT 1 FROM certificate AS kept WHERE kept.period_id = NEW.period_id AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of certificate are never changed or removed'); END",
        "CREATE TRIGGER training_approval_refuses_update BEFORE UPDATE ON training_approval BEGIN SELECT RAISE(ABORT, 'rows of training_approval are never changed or removed'); END",
        "CREATE TRIGGER training_approval_refuses_delete BEFORE DELETE ON training_approval BEGIN SELECT RAISE(ABORT, 'rows of training_approval are never changed or removed'); END",
        "CREATE TRIGGER training_approval_refuses_replace BEFORE INSERT ON training_approval WHEN EXISTS (SELECT 1 FROM training_approval AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of training_approval are never changed or removed'); END",
        "CREATE TRIGGER order_revocation_refuses_update BEFORE UPDATE ON order_revocation BEGIN SELECT RAISE(ABORT, 'rows of order_revocation are never changed or removed'); END",
        "CREATE TRIGGER order_revocation_refuses_delete BEFORE DELETE ON order_revocation BEGIN SELECT RAISE(ABORT, 'rows of order_revocation are never changed or removed'); END",
        "CREATE TRIGGER order_revocation_refuses_replace BEFORE INSERT ON order_revocation WHEN EXISTS (SELECT 1 FROM order_revocation AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM order_revocation AS kept WHERE kept.order_id = NEW.order_id) BEGIN SELECT RAISE(ABORT, 'rows of order_revocation are never changed or removed'); END",
        "CREATE TRIGGER order_effect_refuses_update BEFORE UPDATE ON order_effect BEGIN SELECT RAISE(ABORT, 'rows of order_effect are never changed or removed'); END",
        "CREATE TRIGGER order_effect_refuses_delete BEFORE DELETE ON order_effect BEGIN SELECT RAISE(ABORT, 'rows of order_effect are never changed or removed'); END",
        "CREATE TRIGGER order_effect_refuses_replace BEFORE INSERT ON order_effect WHEN EXISTS (SELECT 1 FROM order_effect AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM order_effect AS kept WHERE kept.order_id = NEW.order_id AND kept.granted_id = NEW.granted_id AND kept.taken_back = NEW.taken_back) BEGIN SELECT RAISE(ABORT, 'rows of order_effect are never changed or removed'); END",
        "CREATE TRIGGER application_stage_refuses_update BEFORE UPDATE ON application_stage BEGIN SELECT RAISE(ABORT, 'rows of application_stage are never changed or removed'); END",
        "CREATE TRIGGER application_stage_refuses_delete BEFORE DELETE ON application_stage BEGIN SELECT RAISE(ABORT, 'rows of application_stage are never changed or removed'); END",
        "CREATE TRIGGER application_stage_refuses_replace BEFORE INSERT ON application_stage WHEN EXISTS (SELECT 1 FROM application_stage AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of application_stage are never changed or removed'); END",
        "CREATE TRIGGER recommendation_refuses_update BEFORE UPDATE ON recommendation BEGIN SELECT RAISE(ABORT, 'rows of recommendation are never changed or removed'); END",
        "CREATE TRIGGER recommendation_refuses_delete BEFORE DELETE ON recommendation BEGIN SELECT RAISE(ABORT, 'rows of recommendation are never changed or removed'); END",
        "CREATE TRIGGER recommendation_refuses_replace BEFORE INSERT ON recommendation WHEN EXISTS (SELECT 1 FROM recommendation AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM recommendation AS kept WHERE kept.id = NEW.id AND kept.recommended_by_id = NEW.recommended_by_id) BEGIN SELECT RAISE(ABORT, 'rows of recommendation are never changed or removed'); END",
        "CREATE TRIGGER requirement_note_refuses_update BEFORE UPDATE ON requirement_note BEGIN SELECT RAISE(ABORT, 'rows of requirement_note are never changed or removed'); END",
        "CREATE TRIGGER requirement_note_refuses_delete BEFORE DELETE ON requirement_note BEGIN SELECT RAISE(ABORT, 'rows of requirement_note are never changed or removed'); END",
        "CREATE TRIGGER requirement_note_refuses_replace BEFORE INSERT ON requirement_note WHEN EXISTS (SELECT 1 FROM requirement_note AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of requirement_note are never changed or removed'); END",
        "CREATE TRIGGER action_notice_refuses_update BEFORE UPDATE ON action_notice BEGIN SELECT RAISE(ABORT, 'rows of action_notice are never changed or removed'); END",
        "CREATE TRIGGER action_notice_refuses_delete BEFORE DELETE ON action_notice BEGIN SELECT RAISE(ABORT, 'rows of action_notice are never changed or removed'); END",
        "CREATE TRIGGER action_notice_refuses_replace BEFORE INSERT ON action_notice WHEN EXISTS (SELECT 1 FROM action_notice AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM action_notice AS kept WHERE kept.decision_id = NEW.decision_id) OR EXISTS (SELECT 1 FROM action_notice AS kept WHERE kept.stage_id = NEW.stage_id) OR EXISTS (SELECT 1 FROM action_notice AS kept WHERE kept.status_event_id = NEW.status_event_id) BEGIN SELECT RAISE(ABORT, 'rows of action_notice are never changed or removed'); END",
        "CREATE TRIGGER hearing_entry_refuses_update BEFORE UPDATE ON hearing_entry BEGIN SELECT RAISE(ABORT, 'rows of hearing_entry are never changed or removed'); END",
        "CREATE TRIGGER hearing_entry_refuses_delete BEFORE DELETE ON hearing_entry BEGIN SELECT RAISE(ABORT, 'rows of hearing_entry are never changed or removed'); END",
        "CREATE TRIGGER hearing_entry_refuses_replace BEFORE INSERT ON hearing_entry WHEN EXISTS (SELECT 1 FROM hearing_entry AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of hearing_entry are never changed or removed'); END",
        "CREATE TRIGGER reference_signature_refuses_update BEFORE UPDATE ON reference_signature BEGIN SELECT RAISE(ABORT, 'rows of reference_signature are never changed or removed'); END",
        "CREATE TRIGGER reference_signature_refuses_delete BEFORE DELETE ON reference_signature BEGIN SELECT RAISE(ABORT, 'rows of reference_signature are never changed or removed'); END",
        "CREATE TRIGGER reference_signature_refuses_replace BEFORE INSERT ON reference_signature WHEN EXISTS (SELECT 1 FROM reference_signature AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM reference_signature AS kept WHERE kept.evidence_id = NEW.evidence_id) OR EXISTS (SELECT 1 FROM reference_signature AS kept WHERE kept.request_id = NEW.request_id) BEGIN SELECT RAISE(ABORT, 'rows of reference_signature are never changed or removed'); END",
        "CREATE TRIGGER statement_refuses_update BEFORE UPDATE ON statement BEGIN SELECT RAISE(ABORT, 'rows of statement are never changed or removed'); END",
        "CREATE TRIGGER statement_refuses_delete BEFORE DELETE ON statement BEGIN SELECT RAISE(ABORT, 'rows of statement are never changed or removed'); END",
        "CREATE TRIGGER statement_refuses_replace BEFORE INSERT ON statement WHEN EXISTS (SELECT 1 FROM statement AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM statement AS kept WHERE kept.evidence_id = NEW.evidence_id) BEGIN SELECT RAISE(ABORT, 'rows of statement are never changed or removed'); END",
        "CREATE TRIGGER signature_refuses_update BEFORE UPDATE ON signature BEGIN SELECT RAISE(ABORT, 'rows of signature are never changed or removed'); END",
        "CREATE TRIGGER signature_refuses_delete BEFORE DELETE ON signature BEGIN SELECT RAISE(ABORT, 'rows of signature are never changed or removed'); END",
        "CREATE TRIGGER signature_refuses_replace BEFORE INSERT ON signature WHEN EXISTS (SELECT 1 FROM signature AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM signature AS kept WHERE kept.evidence_id = NEW.evidence_id) BEGIN SELECT RAISE(ABORT, 'rows of signature are never changed or removed'); END",
        "CREATE TRIGGER licence_check_refuses_update BEFORE UPDATE ON licence_check BEGIN SELECT RAISE(ABORT, 'rows of licence_check are never changed or removed'); END",
        "CREATE TRIGGER licence_check_refuses_delete BEFORE DELETE ON licence_check BEGIN SELECT RAISE(ABORT, 'rows of licence_check are never changed or removed'); END",
        "CREATE TRIGGER licence_check_refuses_replace BEFORE INSERT ON licence_check WHEN EXISTS (SELECT 1 FROM licence_check AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of licence_check are never changed or removed'); END",
        "CREATE TRIGGER self_assessment_result_refuses_update BEFORE UPDATE ON self_assessment_result BEGIN SELECT RAISE(ABORT, 'rows of self_assessment_result are never changed or removed'); END",
        "CREATE TRIGGER self_assessment_result_refuses_delete BEFORE DELETE ON self_assessment_result BEGIN SELECT RAISE(ABORT, 'rows of self_assessment_result are never changed or removed'); END",
        "CREATE TRIGGER self_assessment_result_refuses_replace BEFORE INSERT ON self_assessment_result WHEN EXISTS (SELECT 1 FROM self_assessment_result AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM self_assessment_result AS kept WHERE kept.assessment_id = NEW.assessment_id) BEGIN SELECT RAISE(ABORT, 'rows of self_assessment_result are never changed or removed'); END",
        "CREATE TRIGGER family_feedback_refuses_update BEFORE UPDATE ON family_feedback BEGIN SELECT RAISE(ABORT, 'rows of family_feedback are never changed or removed'); END",
        "CREATE TRIGGER family_feedback_refuses_delete BEFORE DELETE ON family_feedback BEGIN SELECT RAISE(ABORT, 'rows of family_feedback are never changed or removed'); END",
        "CREATE TRIGGER family_feedback_refuses_replace BEFORE INSERT ON family_feedback WHEN EXISTS (SELECT 1 FROM family_feedback AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM family_feedback AS kept WHERE kept.supersedes_id = NEW.supersedes_id) BEGIN SELECT RAISE(ABORT, 'rows of family_feedback are never changed or removed'); END",
        "CREATE TRIGGER ce_audit_refuses_update BEFORE UPDATE ON ce_audit BEGIN SELECT RAISE(ABORT, 'rows of ce_audit are never changed or removed'); END",
        "CREATE TRIGGER ce_audit_refuses_delete BEFORE DELETE ON ce_audit BEGIN SELECT RAISE(ABORT, 'rows of ce_audit are never changed or removed'); END",
        "CREATE TRIGGER ce_audit_refuses_replace BEFORE INSERT ON ce_audit WHEN EXISTS (SELECT 1 FROM ce_audit AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM ce_audit AS kept WHERE kept.standard_id = NEW.standard_id AND kept.decided_from = NEW.decided_from AND kept.decided_to = NEW.decided_to) BEGIN SELECT RAISE(ABORT, 'rows of ce_audit are never changed or removed'); END",
        "CREATE TRIGGER ce_selection_refuses_update BEFORE UPDATE ON ce_selection BEGIN SELECT RAISE(ABORT, 'rows of ce_selection are never changed or removed'); END",
        "CREATE TRIGGER ce_selection_refuses_delete BEFORE DELETE ON ce_selection BEGIN SELECT RAISE(ABORT, 'rows of ce_selection are never changed or removed'); END",
        "CREATE TRIGGER ce_selection_refuses_replace BEFORE INSERT ON ce_selection WHEN EXISTS (SELECT 1 FROM ce_selection AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM ce_selection AS kept WHERE kept.ce_audit_id = NEW.ce_audit_id AND kept.credential_id = NEW.credential_id) OR EXISTS (SELECT 1 FROM ce_selection AS kept WHERE kept.ce_audit_id = NEW.ce_audit_id AND kept.place = NEW.place) BEGIN SELECT RAISE(ABORT, 'rows of ce_selection are never changed or removed'); END",
        "CREATE TRIGGER ce_proof_refuses_update BEFORE UPDATE ON ce_proof BEGIN SELECT RAISE(ABORT, 'rows of ce_proof are never changed or removed'); END",
        "CREATE TRIGGER ce_proof_refuses_delete BEFORE DELETE ON ce_proof BEGIN SELECT RAISE(ABORT, 'rows of ce_proof are never changed or removed'); END",
        "CREATE TRIGGER ce_proof_refuses_replace BEFORE INSERT ON ce_proof WHEN EXISTS (SELECT 1 FROM ce_proof AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of ce_proof are never changed or removed'); END",
        "CREATE TRIGGER ce_result_refuses_update BEFORE UPDATE ON ce_result BEGIN SELECT RAISE(ABORT, 'rows of ce_result are never changed or removed'); END",
        "CREATE TRIGGER ce_result_refuses_delete BEFORE DELETE ON ce_result BEGIN SELECT RAISE(ABORT, 'rows of ce_result are never changed or removed'); END",
        "CREATE TRIGGER ce_result_refuses_replace BEFORE INSERT ON ce_result WHEN EXISTS (SELECT 1 FROM ce_result AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM ce_result AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM ce_result AS kept WHERE kept.selection_id = NEW.selection_id AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of ce_result are never changed or removed'); END",
        "CREATE TRIGGER employer_change_answer_refuses_update BEFORE UPDATE ON employer_change_answer BEGIN SELECT RAISE(ABORT, 'rows of employer_change_answer are never changed or removed'); END",
        "CREATE TRIGGER employer_change_answer_refuses_delete BEFORE DELETE ON employer_change_answer BEGIN SELECT RAISE(ABORT, 'rows of employer_change_answer are never changed or removed'); END",
        "CREATE TRIGGER employer_change_answer_refuses_replace BEFORE INSERT ON employer_change_answer WHEN EXISTS (SELECT 1 FROM employer_change_answer AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM employer_change_answer AS kept WHERE kept.change_id = NEW.change_id) BEGIN SELECT RAISE(ABORT, 'rows of employer_change_answer are never changed or removed'); END",
        "CREATE TRIGGER employer_change_effect_refuses_update BEFORE UPDATE ON employer_change_effect BEGIN SELECT RAISE(ABORT, 'rows of employer_change_effect are never changed or removed'); END",
        "CREATE TRIGGER employer_change_effect_refuses_delete BEFORE DELETE ON employer_change_effect BEGIN SELECT RAISE(ABORT, 'rows of employer_change_effect are never changed or removed'); END",
        "CREATE TRIGGER employer_change_effect_refuses_replace BEFORE INSERT ON employer_change_effect WHEN EXISTS (SELECT 1 FROM employer_change_effect AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of employer_change_effect are never changed or removed'); END",
        "CREATE TRIGGER correction_refuses_update BEFORE UPDATE ON correction BEGIN SELECT RAISE(ABORT, 'rows of correction are never changed or removed'); END",
        "CREATE TRIGGER correction_refuses_delete BEFORE DELETE ON correction BEGIN SELECT RAISE(ABORT, 'rows of correction are never changed or removed'); END",
        "CREATE TRIGGER correction_refuses_replace BEFORE INSERT ON correction WHEN EXISTS (SELECT 1 FROM correction AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM correction AS kept WHERE kept.period_id = NEW.period_id) OR EXISTS (SELECT 1 FROM correction AS kept WHERE kept.status_event_id = NEW.status_event_id) BEGIN SELECT RAISE(ABORT, 'rows of correction are never changed or removed'); END",
        "CREATE TRIGGER record_merge_item_refuses_update BEFORE UPDATE ON record_merge_item BEGIN SELECT RAISE(ABORT, 'rows of record_merge_item are never changed or removed'); END",
        "CREATE TRIGGER record_merge_item_refuses_delete BEFORE DELETE ON record_merge_item BEGIN SELECT RAISE(ABORT, 'rows of record_merge_item are never changed or removed'); END",
        "CREATE TRIGGER record_merge_item_refuses_replace BEFORE INSERT ON record_merge_item WHEN EXISTS (SELECT 1 FROM record_merge_item AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM record_merge_item AS kept WHERE kept.merge_id = NEW.merge_id AND kept.table_name = NEW.table_name AND kept.column_name = NEW.column_name AND kept.row_id = NEW.row_id) BEGIN SELECT RAISE(ABORT, 'rows of record_merge_item are never changed or removed'); END",
        "CREATE TRIGGER submittal_refuses_update BEFORE UPDATE ON submittal BEGIN SELECT RAISE(ABORT, 'rows of submittal are never changed or removed'); END",
        "CREATE TRIGGER submittal_refuses_delete BEFORE DELETE ON submittal BEGIN SELECT RAISE(ABORT, 'rows of submittal are never changed or removed'); END",
        "CREATE TRIGGER submittal_refuses_replace BEFORE INSERT ON submittal WHEN EXISTS (SELECT 1 FROM submittal AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM submittal AS kept WHERE kept.evidence_id = NEW.evidence_id) BEGIN SELECT RAISE(ABORT, 'rows of submittal are never changed or removed'); END",
        "CREATE TRIGGER submittal_review_refuses_update BEFORE UPDATE ON submittal_review BEGIN SELECT RAISE(ABORT, 'rows of submittal_review are never changed or removed'); END",
        "CREATE TRIGGER submittal_review_refuses_delete BEFORE DELETE ON submittal_review BEGIN SELECT RAISE(ABORT, 'rows of submittal_review are never changed or removed'); END",
        "CREATE TRIGGER submittal_review_refuses_replace BEFORE INSERT ON submittal_review WHEN EXISTS (SELECT 1 FROM submittal_review AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM submittal_review AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM submittal_review AS kept WHERE kept.submittal_id = NEW.submittal_id AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of submittal_review are never changed or removed'); END",
        "CREATE TRIGGER completion_certificate_refuses_update BEFORE UPDATE ON completion_certificate BEGIN SELECT RAISE(ABORT, 'rows of completion_certificate are never changed or removed'); END",
        "CREATE TRIGGER completion_certificate_refuses_delete BEFORE DELETE ON completion_certificate BEGIN SELECT RAISE(ABORT, 'rows of completion_certificate are never changed or removed'); END",
        "CREATE TRIGGER completion_certificate_refuses_replace BEFORE INSERT ON completion_certificate WHEN EXISTS (SELECT 1 FROM completion_certificate AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM completion_certificate AS kept WHERE kept.enrolment_id = NEW.enrolment_id AND kept.issue = NEW.issue) OR EXISTS (SELECT 1 FROM completion_certificate AS kept WHERE kept.number = NEW.number) BEGIN SELECT RAISE(ABORT, 'rows of completion_certificate are never changed or removed'); END",
        "CREATE TRIGGER session_evaluation_refuses_update BEFORE UPDATE ON session_evaluation BEGIN SELECT RAISE(ABORT, 'rows of session_evaluation are never changed or removed'); END",
        "CREATE TRIGGER session_evaluation_refuses_delete BEFORE DELETE ON session_evaluation BEGIN SELECT RAISE(ABORT, 'rows of session_evaluation are never changed or removed'); END",
        "CREATE TRIGGER session_evaluation_refuses_replace BEFORE INSERT ON session_evaluation WHEN EXISTS (SELECT 1 FROM session_evaluation AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of session_evaluation are never changed or removed'); END",
        "CREATE TRIGGER convening_invitation_refuses_update BEFORE UPDATE ON convening_invitation BEGIN SELECT RAISE(ABORT, 'rows of convening_invitation are never changed or removed'); END",
        "CREATE TRIGGER convening_invitation_refuses_delete BEFORE DELETE ON convening_invitation BEGIN SELECT RAISE(ABORT, 'rows of convening_invitation are never changed or removed'); END",
        "CREATE TRIGGER convening_invitation_refuses_replace BEFORE INSERT ON convening_invitation WHEN EXISTS (SELECT 1 FROM convening_invitation AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of convening_invitation are never changed or removed'); END",
        "CREATE TRIGGER convening_answer_refuses_update BEFORE UPDATE ON convening_answer BEGIN SELECT RAISE(ABORT, 'rows of convening_answer are never changed or removed'); END",
        "CREATE TRIGGER convening_answer_refuses_delete BEFORE DELETE ON convening_answer BEGIN SELECT RAISE(ABORT, 'rows of convening_answer are never changed or removed'); END",
        "CREATE TRIGGER convening_answer_refuses_replace BEFORE INSERT ON convening_answer WHEN EXISTS (SELECT 1 FROM convening_answer AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of convening_answer are never changed or removed'); END",
        "CREATE TRIGGER convening_attendance_refuses_update BEFORE UPDATE ON convening_attendance BEGIN SELECT RAISE(ABORT, 'rows of convening_attendance are never changed or removed'); END",
        "CREATE TRIGGER convening_attendance_refuses_delete BEFORE DELETE ON convening_attendance BEGIN SELECT RAISE(ABORT, 'rows of convening_attendance are never changed or removed'); END",
        "CREATE TRIGGER convening_attendance_refuses_replace BEFORE INSERT ON convening_attendance WHEN EXISTS (SELECT 1 FROM convening_attendance AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM convening_attendance AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM convening_attendance AS kept WHERE kept.convening_id = NEW.convening_id AND kept.coordinator_id = NEW.coordinator_id AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of convening_attendance are never changed or removed'); END",
        "CREATE TRIGGER convening_theme_refuses_update BEFORE UPDATE ON convening_theme BEGIN SELECT RAISE(ABORT, 'rows of convening_theme are never changed or removed'); END",
        "CREATE TRIGGER convening_theme_refuses_delete BEFORE DELETE ON convening_theme BEGIN SELECT RAISE(ABORT, 'rows of convening_theme are never changed or removed'); END",
        "CREATE TRIGGER convening_theme_refuses_replace BEFORE INSERT ON convening_theme WHEN EXISTS (SELECT 1 FROM convening_theme AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM convening_theme AS kept WHERE kept.supersedes_id = NEW.supersedes_id) BEGIN SELECT RAISE(ABORT, 'rows of convening_theme are never changed or removed'); END",
        "CREATE TRIGGER contract_step_refuses_update BEFORE UPDATE ON contract_step BEGIN SELECT RAISE(ABORT, 'rows of contract_step are never changed or removed'); END",
        "CREATE TRIGGER contract_step_refuses_delete BEFORE DELETE ON contract_step BEGIN SELECT RAISE(ABORT, 'rows of contract_step are never changed or removed'); END",
        "CREATE TRIGGER contract_step_refuses_replace BEFORE INSERT ON contract_step WHEN EXISTS (SELECT 1 FROM contract_step AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of contract_step are never changed or removed'); END",
        "CREATE TRIGGER contract_open_item_refuses_update BEFORE UPDATE ON contract_open_item BEGIN SELECT RAISE(ABORT, 'rows of contract_open_item are never changed or removed'); END",
        "CREATE TRIGGER contract_open_item_refuses_delete BEFORE DELETE ON contract_open_item BEGIN SELECT RAISE(ABORT, 'rows of contract_open_item are never changed or removed'); END",
        "CREATE TRIGGER contract_open_item_refuses_replace BEFORE INSERT ON contract_open_item WHEN EXISTS (SELECT 1 FROM contract_open_item AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of contract_open_item are never changed or removed'); END",
        "CREATE TRIGGER debarment_check_refuses_update BEFORE UPDATE ON debarment_check BEGIN SELECT RAISE(ABORT, 'rows of debarment_check are never changed or removed'); END",
        "CREATE TRIGGER debarment_check_refuses_delete BEFORE DELETE ON debarment_check BEGIN SELECT RAISE(ABORT, 'rows of debarment_check are never changed or removed'); END",
        "CREATE TRIGGER debarment_check_refuses_replace BEFORE INSERT ON debarment_check WHEN EXISTS (SELECT 1 FROM debarment_check AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of debarment_check are never changed or removed'); END",
        "CREATE TRIGGER provider_qualification_refuses_update BEFORE UPDATE ON provider_qualification BEGIN SELECT RAISE(ABORT, 'rows of provider_qualification are never changed or removed'); END",
        "CREATE TRIGGER provider_qualification_refuses_delete BEFORE DELETE ON provider_qualification BEGIN SELECT RAISE(ABORT, 'rows of provider_qualification are never changed or removed'); END",
        "CREATE TRIGGER provider_qualification_refuses_replace BEFORE INSERT ON provider_qualification WHEN EXISTS (SELECT 1 FROM provider_qualification AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of provider_qualification are never changed or removed'); END",
        "CREATE TRIGGER financial_report_refuses_update BEFORE UPDATE ON financial_report BEGIN SELECT RAISE(ABORT, 'rows of financial_report are never changed or removed'); END",
        "CREATE TRIGGER financial_report_refuses_delete BEFORE DELETE ON financial_report BEGIN SELECT RAISE(ABORT, 'rows of financial_report are never changed or removed'); END",
        "CREATE TRIGGER financial_report_refuses_replace BEFORE INSERT ON financial_report WHEN EXISTS (SELECT 1 FROM financial_report AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM financial_report AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM financial_report AS kept WHERE kept.vendor_id = NEW.vendor_id AND kept.year_ended_on = NEW.year_ended_on AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of financial_report are never changed or removed'); END",
        "CREATE TRIGGER site_visit_refuses_update BEFORE UPDATE ON site_visit BEGIN SELECT RAISE(ABORT, 'rows of site_visit are never changed or removed'); END",
        "CREATE TRIGGER site_visit_refuses_delete BEFORE DELETE ON site_visit BEGIN SELECT RAISE(ABORT, 'rows of site_visit are never changed or removed'); END",
        "CREATE TRIGGER site_visit_refuses_replace BEFORE INSERT ON site_visit WHEN EXISTS (SELECT 1 FROM site_visit AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of site_visit are never changed or removed'); END",
        "CREATE TRIGGER corrective_answer_refuses_update BEFORE UPDATE ON corrective_answer BEGIN SELECT RAISE(ABORT, 'rows of corrective_answer are never changed or removed'); END",
        "CREATE TRIGGER corrective_answer_refuses_delete BEFORE DELETE ON corrective_answer BEGIN SELECT RAISE(ABORT, 'rows of corrective_answer are never changed or removed'); END",
        "CREATE TRIGGER corrective_answer_refuses_replace BEFORE INSERT ON corrective_answer WHEN EXISTS (SELECT 1 FROM corrective_answer AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of corrective_answer are never changed or removed'); END",
        "CREATE TRIGGER vendor_invoice_line_refuses_update BEFORE UPDATE ON vendor_invoice_line BEGIN SELECT RAISE(ABORT, 'rows of vendor_invoice_line are never changed or removed'); END",
        "CREATE TRIGGER vendor_invoice_line_refuses_delete BEFORE DELETE ON vendor_invoice_line BEGIN SELECT RAISE(ABORT, 'rows of vendor_invoice_line are never changed or removed'); END",
        "CREATE TRIGGER vendor_invoice_line_refuses_replace BEFORE INSERT ON vendor_invoice_line WHEN EXISTS (SELECT 1 FROM vendor_invoice_line AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of vendor_invoice_line are never changed or removed'); END",
        "CREATE TRIGGER vendor_payment_refuses_update BEFORE UPDATE ON vendor_payment BEGIN SELECT RAISE(ABORT, 'rows of vendor_payment are never changed or removed'); END",
        "CREATE TRIGGER vendor_payment_refuses_delete BEFORE DELETE ON vendor_payment BEGIN SELECT RAISE(ABORT, 'rows of vendor_payment are never changed or removed'); END",
        "CREATE TRIGGER vendor_payment_refuses_replace BEFORE INSERT ON vendor_payment WHEN EXISTS (SELECT 1 FROM vendor_payment AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM vendor_payment AS kept WHERE kept.reverses_id = NEW.reverses_id) BEGIN SELECT RAISE(ABORT, 'rows of vendor_payment are never changed or removed'); END",
        "CREATE TRIGGER payment_hold_refuses_update BEFORE UPDATE ON payment_hold BEGIN SELECT RAISE(ABORT, 'rows of payment_hold are never changed or removed'); END",
        "CREATE TRIGGER payment_hold_refuses_delete BEFORE DELETE ON payment_hold BEGIN SELECT RAISE(ABORT, 'rows of payment_hold are never changed or removed'); END",
        "CREATE TRIGGER payment_hold_refuses_replace BEFORE INSERT ON payment_hold WHEN EXISTS (SELECT 1 FROM payment_hold AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of payment_hold are never changed or removed'); END",
        "CREATE TRIGGER hold_decision_refuses_update BEFORE UPDATE ON hold_decision BEGIN SELECT RAISE(ABORT, 'rows of hold_decision are never changed or removed'); END",
        "CREATE TRIGGER hold_decision_refuses_delete BEFORE DELETE ON hold_decision BEGIN SELECT RAISE(ABORT, 'rows of hold_decision are never changed or removed'); END",
        "CREATE TRIGGER hold_decision_refuses_replace BEFORE INSERT ON hold_decision WHEN EXISTS (SELECT 1 FROM hold_decision AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM hold_decision AS kept WHERE kept.hold_id = NEW.hold_id) BEGIN SELECT RAISE(ABORT, 'rows of hold_decision are never changed or removed'); END",
        "CREATE TRIGGER caseload_line_refuses_update BEFORE UPDATE ON caseload_line BEGIN SELECT RAISE(ABORT, 'rows of caseload_line are never changed or removed'); END",
        "CREATE TRIGGER caseload_line_refuses_delete BEFORE DELETE ON caseload_line BEGIN SELECT RAISE(ABORT, 'rows of caseload_line are never changed or removed'); END",
        "CREATE TRIGGER caseload_line_refuses_replace BEFORE INSERT ON caseload_line WHEN EXISTS (SELECT 1 FROM caseload_line AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM caseload_line AS kept WHERE kept.report_id = NEW.report_id AND kept.coordinator_id = NEW.coordinator_id AND kept.practice_id = NEW.practice_id) BEGIN SELECT RAISE(ABORT, 'rows of caseload_line are never changed or removed'); END",
        "CREATE TRIGGER caseload_count_refuses_update BEFORE UPDATE ON caseload_count BEGIN SELECT RAISE(ABORT, 'rows of caseload_count are never changed or removed'); END",
        "CREATE TRIGGER caseload_count_refuses_delete BEFORE DELETE ON caseload_count BEGIN SELECT RAISE(ABORT, 'rows of caseload_count are never changed or removed'); END",
        "CREATE TRIGGER caseload_count_refuses_replace BEFORE INSERT ON caseload_count WHEN EXISTS (SELECT 1 FROM caseload_count AS kept WHERE kept.line_id = NEW.line_id AND kept.code = NEW.code) BEGIN SELECT RAISE(ABORT, 'rows of caseload_count are never changed or removed'); END",
        "CREATE TRIGGER caseload_question_move_refuses_update BEFORE UPDATE ON caseload_question_move BEGIN SELECT RAISE(ABORT, 'rows of caseload_question_move are never changed or removed'); END",
        "CREATE TRIGGER caseload_question_move_refuses_delete BEFORE DELETE ON caseload_question_move BEGIN SELECT RAISE(ABORT, 'rows of caseload_question_move are never changed or removed'); END",
        "CREATE TRIGGER caseload_question_move_refuses_replace BEFORE INSERT ON caseload_question_move WHEN EXISTS (SELECT 1 FROM caseload_question_move AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of caseload_question_move are never changed or removed'); END",
        "CREATE TRIGGER fund_allocation_refuses_update BEFORE UPDATE ON fund_allocation BEGIN SELECT RAISE(ABORT, 'rows of fund_allocation are never changed or removed'); END",
        "CREATE TRIGGER fund_allocation_refuses_delete BEFORE DELETE ON fund_allocation BEGIN SELECT RAISE(ABORT, 'rows of fund_allocation are never changed or removed'); END",
        "CREATE TRIGGER fund_allocation_refuses_replace BEFORE INSERT ON fund_allocation WHEN EXISTS (SELECT 1 FROM fund_allocation AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM fund_allocation AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM fund_allocation AS kept WHERE kept.fund_year_id = NEW.fund_year_id AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of fund_allocation are never changed or removed'); END",
        "CREATE TRIGGER fund_true_up_refuses_update BEFORE UPDATE ON fund_true_up BEGIN SELECT RAISE(ABORT, 'rows of fund_true_up are never changed or removed'); END",
        "CREATE TRIGGER fund_true_up_refuses_delete BEFORE DELETE ON fund_true_up BEGIN SELECT RAISE(ABORT, 'rows of fund_true_up are never changed or removed'); END",
        "CREATE TRIGGER fund_true_up_refuses_replace BEFORE INSERT ON fund_true_up WHEN EXISTS (SELECT 1 FROM fund_true_up AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM fund_true_up AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM fund_true_up AS kept WHERE kept.fund_year_id = NEW.fund_year_id AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of fund_true_up are never changed or removed'); END",
        "CREATE TRIGGER fund_year_event_refuses_update BEFORE UPDATE ON fund_year_event BEGIN SELECT RAISE(ABORT, 'rows of fund_year_event are never changed or removed'); END",
        "CREATE TRIGGER fund_year_event_refuses_delete BEFORE DELETE ON fund_year_event BEGIN SELECT RAISE(ABORT, 'rows of fund_year_event are never changed or removed'); END",
        "CREATE TRIGGER fund_year_event_refuses_replace BEFORE INSERT ON fund_year_event WHEN EXISTS (SELECT 1 FROM fund_year_event AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of fund_year_event are never changed or removed'); END",
        "CREATE TRIGGER assessment_refuses_update BEFORE UPDATE ON assessment BEGIN SELECT RAISE(ABORT, 'rows of assessment are never changed or removed'); END",
        "CREATE TRIGGER assessment_refuses_delete BEFORE DELETE ON assessment BEGIN SELECT RAISE(ABORT, 'rows of assessment are never changed or removed'); END",
        "CREATE TRIGGER assessment_refuses_replace BEFORE INSERT ON assessment WHEN EXISTS (SELECT 1 FROM assessment AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM assessment AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM assessment AS kept WHERE kept.fund_year_id = NEW.fund_year_id AND kept.payer_id = NEW.payer_id AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of assessment are never changed or removed'); END",
        "CREATE TRIGGER instalment_refuses_update BEFORE UPDATE ON instalment BEGIN SELECT RAISE(ABORT, 'rows of instalment are never changed or removed'); END",
        "CREATE TRIGGER instalment_refuses_delete BEFORE DELETE ON instalment BEGIN SELECT RAISE(ABORT, 'rows of instalment are never changed or removed'); END",
        "CREATE TRIGGER instalment_refuses_replace BEFORE INSERT ON instalment WHEN EXISTS (SELECT 1 FROM instalment AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM instalment AS kept WHERE kept.assessment_id = NEW.assessment_id AND kept.number = NEW.number) BEGIN SELECT RAISE(ABORT, 'rows of instalment are never changed or removed'); END",
        "CREATE TRIGGER fund_adjustment_refuses_update BEFORE UPDATE ON fund_adjustment BEGIN SELECT RAISE(ABORT, 'rows of fund_adjustment are never changed or removed'); END",
        "CREATE TRIGGER fund_adjustment_refuses_delete BEFORE DELETE ON fund_adjustment BEGIN SELECT RAISE(ABORT, 'rows of fund_adjustment are never changed or removed'); END",
        "CREATE TRIGGER fund_adjustment_refuses_replace BEFORE INSERT ON fund_adjustment WHEN EXISTS (SELECT 1 FROM fund_adjustment AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM fund_adjustment AS kept WHERE kept.assessment_id = NEW.assessment_id AND kept.from_year_id = NEW.from_year_id AND kept.payer_id = NEW.payer_id) BEGIN SELECT RAISE(ABORT, 'rows of fund_adjustment are never changed or removed'); END",
        "CREATE TRIGGER fund_notice_refuses_update BEFORE UPDATE ON fund_notice BEGIN SELECT RAISE(ABORT, 'rows of fund_notice are never changed or removed'); END",
        "CREATE TRIGGER fund_notice_refuses_delete BEFORE DELETE ON fund_notice BEGIN SELECT RAISE(ABORT, 'rows of fund_notice are never changed or removed'); END",
        "CREATE TRIGGER fund_notice_refuses_replace BEFORE INSERT ON fund_notice WHEN EXISTS (SELECT 1 FROM fund_notice AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM fund_notice AS kept WHERE kept.assessment_id = NEW.assessment_id) BEGIN SELECT RAISE(ABORT, 'rows of fund_notice are never changed or removed'); END",
        "CREATE TRIGGER fund_payment_refuses_update BEFORE UPDATE ON fund_payment BEGIN SELECT RAISE(ABORT, 'rows of fund_payment are never changed or removed'); END",
        "CREATE TRIGGER fund_payment_refuses_delete BEFORE DELETE ON fund_payment BEGIN SELECT RAISE(ABORT, 'rows of fund_payment are never changed or removed'); END",
        "CREATE TRIGGER fund_payment_refuses_replace BEFORE INSERT ON fund_payment WHEN EXISTS (SELECT 1 FROM fund_payment AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM fund_payment AS kept WHERE kept.reverses_id = NEW.reverses_id) BEGIN SELECT RAISE(ABORT, 'rows of fund_payment are never changed or removed'); END",
        "CREATE TRIGGER fund_write_off_refuses_update BEFORE UPDATE ON fund_write_off BEGIN SELECT RAISE(ABORT, 'rows of fund_write_off are never changed or removed'); END",
        "CREATE TRIGGER fund_write_off_refuses_delete BEFORE DELETE ON fund_write_off BEGIN SELECT RAISE(ABORT, 'rows of fund_write_off are never changed or removed'); END",
        "CREATE TRIGGER fund_write_off_refuses_replace BEFORE INSERT ON fund_write_off WHEN EXISTS (SELECT 1 FROM fund_write_off AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM fund_write_off AS kept WHERE kept.reverses_id = NEW.reverses_id) BEGIN SELECT RAISE(ABORT, 'rows of fund_write_off are never changed or removed'); END",
        "CREATE TRIGGER fund_referral_refuses_update BEFORE UPDATE ON fund_referral BEGIN SELECT RAISE(ABORT, 'rows of fund_referral are never changed or removed'); END",
        "CREATE TRIGGER fund_referral_refuses_delete BEFORE DELETE ON fund_referral BEGIN SELECT RAISE(ABORT, 'rows of fund_referral are never changed or removed'); END",
        "CREATE TRIGGER fund_referral_refuses_replace BEFORE INSERT ON fund_referral WHEN EXISTS (SELECT 1 FROM fund_referral AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM fund_referral AS kept WHERE kept.fund_year_id = NEW.fund_year_id AND kept.payer_id = NEW.payer_id AND kept.number = NEW.number) BEGIN SELECT RAISE(ABORT, 'rows of fund_referral are never changed or removed'); END",
        "CREATE TRIGGER fund_appeal_refuses_update BEFORE UPDATE ON fund_appeal BEGIN SELECT RAISE(ABORT, 'rows of fund_appeal are never changed or removed'); END",
        "CREATE TRIGGER fund_appeal_refuses_delete BEFORE DELETE ON fund_appeal BEGIN SELECT RAISE(ABORT, 'rows of fund_appeal are never changed or removed'); END",
        "CREATE TRIGGER fund_appeal_refuses_replace BEFORE INSERT ON fund_appeal WHEN EXISTS (SELECT 1 FROM fund_appeal AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM fund_appeal AS kept WHERE kept.assessment_id = NEW.assessment_id) BEGIN SELECT RAISE(ABORT, 'rows of fund_appeal are never changed or removed'); END",
        "CREATE TRIGGER fund_appeal_decision_refuses_update BEFORE UPDATE ON fund_appeal_decision BEGIN SELECT RAISE(ABORT, 'rows of fund_appeal_decision are never changed or removed'); END",
        "CREATE TRIGGER fund_appeal_decision_refuses_delete BEFORE DELETE ON fund_appeal_decision BEGIN SELECT RAISE(ABORT, 'rows of fund_appeal_decision are never changed or removed'); END",
        "CREATE TRIGGER fund_appeal_decision_refuses_replace BEFORE INSERT ON fund_appeal_decision WHEN EXISTS (SELECT 1 FROM fund_appeal_decision AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM fund_appeal_decision AS kept WHERE kept.appeal_id = NEW.appeal_id) BEGIN SELECT RAISE(ABORT, 'rows of fund_appeal_decision are never changed or removed'); END",
        "CREATE TRIGGER true_up_line_refuses_update BEFORE UPDATE ON true_up_line BEGIN SELECT RAISE(ABORT, 'rows of true_up_line are never changed or removed'); END",
        "CREATE TRIGGER true_up_line_refuses_delete BEFORE DELETE ON true_up_line BEGIN SELECT RAISE(ABORT, 'rows of true_up_line are never changed or removed'); END",
        "CREATE TRIGGER true_up_line_refuses_replace BEFORE INSERT ON true_up_line WHEN EXISTS (SELECT 1 FROM true_up_line AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM true_up_line AS kept WHERE kept.true_up_id = NEW.true_up_id AND kept.payer_id = NEW.payer_id) BEGIN SELECT RAISE(ABORT, 'rows of true_up_line are never changed or removed'); END",
        "CREATE TRIGGER fund_movement_refuses_update BEFORE UPDATE ON fund_movement BEGIN SELECT RAISE(ABORT, 'rows of fund_movement are never changed or removed'); END",
        "CREATE TRIGGER fund_movement_refuses_delete BEFORE DELETE ON fund_movement BEGIN SELECT RAISE(ABORT, 'rows of fund_movement are never changed or removed'); END",
        "CREATE TRIGGER fund_movement_refuses_replace BEFORE INSERT ON fund_movement WHEN EXISTS (SELECT 1 FROM fund_movement AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM fund_movement AS kept WHERE kept.reverses_id = NEW.reverses_id) BEGIN SELECT RAISE(ABORT, 'rows of fund_movement are never changed or removed'); END",
        "CREATE TRIGGER payer_answer_refuses_update BEFORE UPDATE ON payer_answer BEGIN SELECT RAISE(ABORT, 'rows of payer_answer are never changed or removed'); END",
        "CREATE TRIGGER payer_answer_refuses_delete BEFORE DELETE ON payer_answer BEGIN SELECT RAISE(ABORT, 'rows of payer_answer are never changed or removed'); END",
        "CREATE TRIGGER payer_answer_refuses_replace BEFORE INSERT ON payer_answer WHEN EXISTS (SELECT 1 FROM payer_answer AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM payer_answer AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM payer_answer AS kept WHERE kept.line_id = NEW.line_id AND kept.source = NEW.source AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of payer_answer are never changed or removed'); END",
        "CREATE TRIGGER ledger_entry_refuses_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'rows of ledger_entry are never changed or removed'); END",
        "CREATE TRIGGER ledger_entry_refuses_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'rows of ledger_entry are never changed or removed'); END",
        "CREATE TRIGGER ledger_entry_refuses_replace BEFORE INSERT ON ledger_entry WHEN EXISTS (SELECT 1 FROM ledger_entry AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM ledger_entry AS kept WHERE kept.number = NEW.number) BEGIN SELECT RAISE(ABORT, 'rows of ledger_entry are never changed or removed'); END",
        "CREATE TRIGGER ledger_posting_refuses_update BEFORE UPDATE ON ledger_posting BEGIN SELECT RAISE(ABORT, 'rows of ledger_posting are never changed or removed'); END",
        "CREATE TRIGGER ledger_posting_refuses_delete BEFORE DELETE ON ledger_posting BEGIN SELECT RAISE(ABORT, 'rows of ledger_posting are never changed or removed'); END",
        "CREATE TRIGGER ledger_posting_refuses_replace BEFORE INSERT ON ledger_posting WHEN EXISTS (SELECT 1 FROM ledger_posting AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of ledger_posting are never changed or removed'); END",
        "CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head WHEN NEW.seq <= OLD.seq OR NEW.id <> OLD.id BEGIN SELECT RAISE(ABORT, 'rows of audit_head are never changed or removed'); END",
        "CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'rows of audit_head are never changed or removed'); END",
        "CREATE TRIGGER audit_head_refuses_replace BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of audit_head are never changed or removed'); END",
        "CREATE TRIGGER standard_version_is_frozen BEFORE UPDATE ON standard_version WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, 'rows of standard_version are never changed or removed'); END",
        "CREATE TRIGGER standard_version_is_kept BEFORE DELETE ON standard_version WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, 'rows of standard_version are never changed or removed'); END",
        "CREATE TRIGGER standard_version_refuses_replace BEFORE INSERT ON standard_version WHEN EXISTS (SELECT 1 FROM standard_version AS kept WHERE kept.id = NEW.id AND kept.status <> 'draft') OR EXISTS (SELECT 1 FROM standard_version AS kept WHERE kept.standard_id = NEW.standard_id AND kept.version = NEW.version AND kept.status <> 'draft') OR EXISTS (SELECT 1 FROM standard_version AS kept WHERE kept.standard_id = NEW.standard_id AND kept.status = 'draft' AND NEW.status = 'draft' AND kept.status <> 'draft') BEGIN SELECT RAISE(ABORT, 'rows of standard_version are never changed or removed'); END",
        "CREATE TRIGGER board_order_is_frozen BEFORE UPDATE ON board_order WHEN OLD.in_force_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of board_order are never changed or removed'); END",
        "CREATE TRIGGER board_order_is_kept BEFORE DELETE ON board_order WHEN OLD.in_force_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of board_order are never changed or removed'); END",
        "CREATE TRIGGER board_order_refuses_replace BEFORE INSERT ON board_order WHEN EXISTS (SELECT 1 FROM board_order AS kept WHERE kept.id = NEW.id AND kept.in_force_at IS NOT NULL) OR EXISTS (SELECT 1 FROM board_order AS kept WHERE kept.number = NEW.number AND kept.in_force_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'rows of board_order are never changed or removed'); END",
        "CREATE TRIGGER contract_is_frozen BEFORE UPDATE ON contract WHEN OLD.executed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of contract are never changed or removed'); END",
        "CREATE TRIGGER contract_is_kept BEFORE DELETE ON contract WHEN OLD.executed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of contract are never changed or removed'); END",
        "CREATE TRIGGER contract_refuses_replace BEFORE INSERT ON contract WHEN EXISTS (SELECT 1 FROM contract AS kept WHERE kept.id = NEW.id AND kept.executed_at IS NOT NULL) OR EXISTS (SELECT 1 FROM contract AS kept WHERE kept.continues_id = NEW.continues_id AND kept.executed_at IS NOT NULL) OR EXISTS (SELECT 1 FROM contract AS kept WHERE kept.number = NEW.number AND kept.executed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'rows of contract are never changed or removed'); END",
        "CREATE TRIGGER contract_amendment_is_frozen BEFORE UPDATE ON contract_amendment WHEN OLD.executed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of contract_amendment are never changed or removed'); END",
        "CREATE TRIGGER contract_amendment_is_kept BEFORE DELETE ON contract_amendment WHEN OLD.executed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of contract_amendment are never changed or removed'); END",
        "CREATE TRIGGER contract_amendment_refuses_replace BEFORE INSERT ON contract_amendment WHEN EXISTS (SELECT 1 FROM contract_amendment AS kept WHERE kept.id = NEW.id AND kept.executed_at IS NOT NULL) OR EXISTS (SELECT 1 FROM contract_amendment AS kept WHERE kept.contract_id = NEW.contract_id AND kept.number = NEW.number AND kept.executed_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'rows of contract_amendment are never changed or removed'); END",
        "CREATE TRIGGER budget_line_is_frozen BEFORE UPDATE ON budget_line WHEN OLD.in_force_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of budget_line are never changed or removed'); END",
        "CREATE TRIGGER budget_line_is_kept BEFORE DELETE ON budget_line WHEN OLD.in_force_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of budget_line are never changed or removed'); END",
        "CREATE TRIGGER budget_line_refuses_replace BEFORE INSERT ON budget_line WHEN EXISTS (SELECT 1 FROM budget_line AS kept WHERE kept.id = NEW.id AND kept.in_force_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'rows of budget_line are never changed or removed'); END",
        "CREATE TRIGGER contract_rate_is_frozen BEFORE UPDATE ON contract_rate WHEN OLD.in_force_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of contract_rate are never changed or removed'); END",
        "CREATE TRIGGER contract_rate_is_kept BEFORE DELETE ON contract_rate WHEN OLD.in_force_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'rows of contract_rate are never changed or removed'); END",
        "CREATE TRIGGER contract_rate_refuses_replace BEFORE INSERT ON contract_rate WHEN EXISTS (SELECT 1 FROM contract_rate AS kept WHERE kept.id = NEW.id AND kept.in_force_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'rows of contract_rate are never changed or removed'); END",
        "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '3a32e2c96111a014236cb180d4b5385b7063b62089f96d02b8111e36c98533a4')",
        "CREATE TRIGGER audit_entry_moves_head AFTER INSERT ON audit_entry BEGIN UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE seq < NEW.seq; END",
    ],
}

UNPROTECT = {
    "postgresql": [
        "DROP TRIGGER IF EXISTS audit_entry_moves_head ON audit_entry",
        "DROP FUNCTION IF EXISTS move_audit_head()",
        "DROP TRIGGER IF EXISTS audit_entry_is_append_only ON audit_entry",
        "DROP TRIGGER IF EXISTS audit_entry_is_not_truncated ON audit_entry",
        "DROP TRIGGER IF EXISTS access_log_is_append_only ON access_log",
        "DROP TRIGGER IF EXISTS access_log_is_not_truncated ON access_log",
        "DROP TRIGGER IF EXISTS evidence_is_append_only ON evidence",
        "DROP TRIGGER IF EXISTS evidence_is_not_truncated ON evidence",
        "DROP TRIGGER IF EXISTS item_review_is_append_only ON item_review",
        "DROP TRIGGER IF EXISTS item_review_is_not_truncated ON item_review",
        "DROP TRIGGER IF EXISTS evaluation_record_is_append_only ON evaluation_record",
        "DROP TRIGGER IF EXISTS evaluation_record_is_not_truncated ON evaluation_record",
        "DROP TRIGGER IF EXISTS decision_is_append_only ON decision",
        "DROP TRIGGER IF EXISTS decision_is_not_truncated ON decision",
        "DROP TRIGGER IF EXISTS certificate_is_append_only ON certificate",
        "DROP TRIGGER IF EXISTS certificate_is_not_truncated ON certificate",
        "DROP TRIGGER IF EXISTS training_approval_is_append_only ON training_approval",
        "DROP TRIGGER IF EXISTS training_approval_is_not_truncated ON training_approval",
        "DROP TRIGGER IF EXISTS order_revocation_is_append_only ON order_revocation",
        "DROP TRIGGER IF EXISTS order_revocation_is_not_truncated ON order_revocation",
        "DROP TRIGGER IF EXISTS order_effect_is_append_only ON order_effect",
        "DROP TRIGGER IF EXISTS order_effect_is_not_truncated ON order_effect",
        "DROP TRIGGER IF EXISTS application_stage_is_append_only ON application_stage",
        "DROP TRIGGER IF EXISTS application_stage_is_not_truncated ON application_stage",
        "DROP TRIGGER IF EXISTS recommendation_is_append_only ON recommendation",
        "DROP TRIGGER IF EXISTS recommendation_is_not_truncated ON recommendation",
        "DROP TRIGGER IF EXISTS requirement_note_is_append_only ON requirement_note",
        "DROP TRIGGER IF EXISTS requirement_note_is_not_truncated ON requirement_note",
        "DROP TRIGGER IF EXISTS action_notice_is_append_only ON action_notice",
        "DROP TRIGGER IF EXISTS action_notice_is_not_truncated ON action_notice",
        "DROP TRIGGER IF EXISTS hearing_entry_is_append_only ON hearing_entry",
        "DROP TRIGGER IF EXISTS hearing_entry_is_not_truncated ON hearing_entry",
        "DROP TRIGGER IF EXISTS reference_signature_is_append_only ON reference_signature",
        "DROP TRIGGER IF EXISTS reference_signature_is_not_truncated ON reference_signature",
        "DROP TRIGGER IF EXISTS statement_is_append_only ON statement",
        "DROP TRIGGER IF EXISTS statement_is_not_truncated ON statement",
        "DROP TRIGGER IF EXISTS signature_is_append_only ON signature",
        "DROP TRIGGER IF EXISTS signature_is_not_truncated ON signature",
        "DROP TRIGGER IF EXISTS licence_check_is_append_only ON licence_check",
        "DROP TRIGGER IF EXISTS licence_check_is_not_truncated ON licence_check",
        "DROP TRIGGER IF EXISTS self_assessment_result_is_append_only ON self_assessment_result",
        "DROP TRIGGER IF EXISTS self_assessment_result_is_not_truncated ON self_assessment_result",
        "DROP TRIGGER IF EXISTS family_feedback_is_append_only ON family_feedback",
        "DROP TRIGGER IF EXISTS family_feedback_is_not_truncated ON family_feedback",
        "DROP TRIGGER IF EXISTS ce_audit_is_append_only ON ce_audit",
        "DROP TRIGGER IF EXISTS ce_audit_is_not_truncated ON ce_audit",
        "DROP TRIGGER IF EXISTS ce_selection_is_append_only ON ce_selection",
        "DROP TRIGGER IF EXISTS ce_selection_is_not_truncated ON ce_selection",
        "DROP TRIGGER IF EXISTS ce_proof_is_append_only ON ce_proof",
        "DROP TRIGGER IF EXISTS ce_proof_is_not_truncated ON ce_proof",
        "DROP TRIGGER IF EXISTS ce_result_is_append_only ON ce_result",
        "DROP TRIGGER IF EXISTS ce_result_is_not_truncated ON ce_result",
        "DROP TRIGGER IF EXISTS employer_change_answer_is_append_only ON employer_change_answer",
        "DROP TRIGGER IF EXISTS employer_change_answer_is_not_truncated ON employer_change_answer",
        "DROP TRIGGER IF EXISTS employer_change_effect_is_append_only ON employer_change_effect",
        "DROP TRIGGER IF EXISTS employer_change_effect_is_not_truncated ON employer_change_effect",
        "DROP TRIGGER IF EXISTS correction_is_append_only ON correction",
        "DROP TRIGGER IF EXISTS correction_is_not_truncated ON correction",
        "DROP TRIGGER IF EXISTS record_merge_item_is_append_only ON record_merge_item",
        "DROP TRIGGER IF EXISTS record_merge_item_is_not_truncated ON record_merge_item",
        "DROP TRIGGER IF EXISTS submittal_is_append_only ON submittal",
        "DROP TRIGGER IF EXISTS submittal_is_not_truncated ON submittal",
        "DROP TRIGGER IF EXISTS submittal_review_is_append_only ON submittal_review",
        "DROP TRIGGER IF EXISTS submittal_review_is_not_truncated ON submittal_review",
        "DROP TRIGGER IF EXISTS completion_certificate_is_append_only ON completion_certificate",
        "DROP TRIGGER IF EXISTS completion_certificate_is_not_truncated ON completion_certificate",
        "DROP TRIGGER IF EXISTS session_evaluation_is_append_only ON session_evaluation",
        "DROP TRIGGER IF EXISTS session_evaluation_is_not_truncated ON session_evaluation",
        "DROP TRIGGER IF EXISTS convening_invitation_is_append_only ON convening_invitation",
        "DROP TRIGGER IF EXISTS convening_invitation_is_not_truncated ON convening_invitation",
        "DROP TRIGGER IF EXISTS convening_answer_is_append_only ON convening_answer",
        "DROP TRIGGER IF EXISTS convening_answer_is_not_truncated ON convening_answer",
        "DROP TRIGGER IF EXISTS convening_attendance_is_append_only ON convening_attendance",
        "DROP TRIGGER IF EXISTS convening_attendance_is_not_truncated ON convening_attendance",
        "DROP TRIGGER IF EXISTS convening_theme_is_append_only ON convening_theme",
        "DROP TRIGGER IF EXISTS convening_theme_is_not_truncated ON convening_theme",
        "DROP TRIGGER IF EXISTS contract_step_is_append_only ON contract_step",
        "DROP TRIGGER IF EXISTS contract_step_is_not_truncated ON contract_step",
        "DROP TRIGGER IF EXISTS contract_open_item_is_append_only ON contract_open_item",
        "DROP TRIGGER IF EXISTS contract_open_item_is_not_truncated ON contract_open_item",
        "DROP TRIGGER IF EXISTS debarment_check_is_append_only ON debarment_check",
        "DROP TRIGGER IF EXISTS debarment_check_is_not_truncated ON debarment_check",
        "DROP TRIGGER IF EXISTS provider_qualification_is_append_only ON provider_qualification",
        "DROP TRIGGER IF EXISTS provider_qualification_is_not_truncated ON provider_qualification",
        "DROP TRIGGER IF EXISTS financial_report_is_append_only ON financial_report",
        "DROP TRIGGER IF EXISTS financial_report_is_not_truncated ON financial_report",
        "DROP TRIGGER IF EXISTS site_visit_is_append_only ON site_visit",
        "DROP TRIGGER IF EXISTS site_visit_is_not_truncated ON site_visit",
        "DROP TRIGGER IF EXISTS corrective_answer_is_append_only ON corrective_answer",
        "DROP TRIGGER IF EXISTS corrective_answer_is_not_truncated ON corrective_answer",
        "DROP TRIGGER IF EXISTS vendor_invoice_line_is_append_only ON vendor_invoice_line",
        "DROP TRIGGER IF EXISTS vendor_invoice_line_is_not_truncated ON vendor_invoice_line",
        "DROP TRIGGER IF EXISTS vendor_payment_is_append_only ON vendor_payment",
        "DROP TRIGGER IF EXISTS vendor_payment_is_not_truncated ON vendor_payment",
        "DROP TRIGGER IF EXISTS payment_hold_is_append_only ON payment_hold",
        "DROP TRIGGER IF EXISTS payment_hold_is_not_truncated ON payment_hold",
        "DROP TRIGGER IF EXISTS hold_decision_is_append_only ON hold_decision",
        "DROP TRIGGER IF EXISTS hold_decision_is_not_truncated ON hold_decision",
        "DROP TRIGGER IF EXISTS caseload_line_is_append_only ON caseload_line",
        "DROP TRIGGER IF EXISTS caseload_line_is_not_truncated ON caseload_line",
        "DROP TRIGGER IF EXISTS caseload_count_is_append_only ON caseload_count",
        "DROP TRIGGER IF EXISTS caseload_count_is_not_truncated ON caseload_count",
        "DROP TRIGGER IF EXISTS caseload_question_move_is_append_only ON caseload_question_move",
        "DROP TRIGGER IF EXISTS caseload_question_move_is_not_truncated ON caseload_question_move",
        "DROP TRIGGER IF EXISTS fund_allocation_is_append_only ON fund_allocation",
        "DROP TRIGGER IF EXISTS fund_allocation_is_not_truncated ON fund_allocation",
        "DROP TRIGGER IF EXISTS fund_true_up_is_append_only ON fund_true_up",
        "DROP TRIGGER IF EXISTS fund_true_up_is_not_truncated ON fund_true_up",
        "DROP TRIGGER IF EXISTS fund_year_event_is_append_only ON fund_year_event",
        "DROP TRIGGER IF EXISTS fund_year_event_is_not_truncated ON fund_year_event",
        "DROP TRIGGER IF EXISTS assessment_is_append_only ON assessment",
        "DROP TRIGGER IF EXISTS assessment_is_not_truncated ON assessment",
        "DROP TRIGGER IF EXISTS instalment_is_append_only ON instalment",
        "DROP TRIGGER IF EXISTS instalment_is_not_truncated ON instalment",
        "DROP TRIGGER IF EXISTS fund_adjustment_is_append_only ON fund_adjustment",
        "DROP TRIGGER IF EXISTS fund_adjustment_is_not_truncated ON fund_adjustment",
        "DROP TRIGGER IF EXISTS fund_notice_is_append_only ON fund_notice",
        "DROP TRIGGER IF EXISTS fund_notice_is_not_truncated ON fund_notice",
        "DROP TRIGGER IF EXISTS fund_payment_is_append_only ON fund_payment",
        "DROP TRIGGER IF EXISTS fund_payment_is_not_truncated ON fund_payment",
        "DROP TRIGGER IF EXISTS fund_write_off_is_append_only ON fund_write_off",
        "DROP TRIGGER IF EXISTS fund_write_off_is_not_truncated ON fund_write_off",
        "DROP TRIGGER IF EXISTS fund_referral_is_append_only ON fund_referral",
        "DROP TRIGGER IF EXISTS fund_referral_is_not_truncated ON fund_referral",
        "DROP TRIGGER IF EXISTS fund_appeal_is_append_only ON fund_appeal",
        "DROP TRIGGER IF EXISTS fund_appeal_is_not_truncated ON fund_appeal",
        "DROP TRIGGER IF EXISTS fund_appeal_decision_is_append_only ON fund_appeal_decision",
        "DROP TRIGGER IF EXISTS fund_appeal_decision_is_not_truncated ON fund_appeal_decision",
        "DROP TRIGGER IF EXISTS true_up_line_is_append_only ON true_up_line",
        "DROP TRIGGER IF EXISTS true_up_line_is_not_truncated ON true_up_line",
        "DROP TRIGGER IF EXISTS fund_movement_is_append_only ON fund_movement",
        "DROP TRIGGER IF EXISTS fund_movement_is_not_truncated ON fund_movement",
        "DROP TRIGGER IF EXISTS payer_answer_is_append_only ON payer_answer",
        "DROP TRIGGER IF EXISTS payer_answer_is_not_truncated ON payer_answer",
        "DROP TRIGGER IF EXISTS ledger_entry_is_append_only ON ledger_entry",
        "DROP TRIGGER IF EXISTS ledger_entry_is_not_truncated ON ledger_entry",
        "DROP TRIGGER IF EXISTS ledger_posting_is_append_only ON ledger_posting",
        "DROP TRIGGER IF EXISTS ledger_posting_is_not_truncated ON ledger_posting",
        "DROP TRIGGER IF EXISTS audit_head_moves_on ON audit_head",
        "DROP TRIGGER IF EXISTS audit_head_is_kept ON audit_head",
        "DROP TRIGGER IF EXISTS audit_head_is_not_truncated ON audit_head",
        "DROP TRIGGER IF EXISTS standard_version_is_frozen ON standard_version",
        "DROP TRIGGER IF EXISTS board_order_is_frozen ON board_order",
        "DROP TRIGGER IF EXISTS contract_is_frozen ON contract",
        "DROP TRIGGER IF EXISTS contract_amendment_is_frozen ON contract_amendment",
        "DROP TRIGGER IF EXISTS budget_line_is_frozen ON budget_line",
        "DROP TRIGGER IF EXISTS contract_rate_is_frozen ON contract_rate",
        "DROP FUNCTION IF EXISTS refuse_change()",
    ],
    "sqlite": [
        "DROP TRIGGER IF EXISTS audit_entry_moves_head",
        "DROP TRIGGER IF EXISTS audit_entry_refuses_update",
        "DROP TRIGGER IF EXISTS audit_entry_refuses_delete",
        "DROP TRIGGER IF EXISTS audit_entry_refuses_replace",
        "DROP TRIGGER IF EXISTS access_log_refuses_update",
        "DROP TRIGGER IF EXISTS access_log_refuses_delete",
        "DROP TRIGGER IF EXISTS access_log_refuses_replace",
        "DROP TRIGGER IF EXISTS evidence_refuses_update",
        "DROP TRIGGER IF EXISTS evidence_refuses_delete",
        "DROP TRIGGER IF EXISTS evidence_refuses_replace",
        "DROP TRIGGER IF EXISTS item_review_refuses_update",
        "DROP TRIGGER IF EXISTS item_review_refuses_delete",
        "DROP TRIGGER IF EXISTS item_review_refuses_replace",
        "DROP TRIGGER IF EXISTS evaluation_record_refuses_update",
        "DROP TRIGGER IF EXISTS evaluation_record_refuses_delete",
        "DROP TRIGGER IF EXISTS evaluation_record_refuses_replace",
        "DROP TRIGGER IF EXISTS decision_refuses_update",
        "DROP TRIGGER IF EXISTS decision_refuses_delete",
        "DROP TRIGGER IF EXISTS decision_refuses_replace",
        "DROP TRIGGER IF EXISTS certificate_refuses_update",
        "DROP TRIGGER IF EXISTS certificate_refuses_delete",
        "DROP TRIGGER IF EXISTS certificate_refuses_replace",
        "DROP TRIGGER IF EXISTS training_approval_refuses_update",
        "DROP TRIGGER IF EXISTS training_approval_refuses_delete",
        "DROP TRIGGER IF EXISTS training_approval_refuses_replace",
        "DROP TRIGGER IF EXISTS order_revocation_refuses_update",
        "DROP TRIGGER IF EXISTS order_revocation_refuses_delete",
        "DROP TRIGGER IF EXISTS order_revocation_refuses_replace",
        "DROP TRIGGER IF EXISTS order_effect_refuses_update",
        "DROP TRIGGER IF EXISTS order_effect_refuses_delete",
        "DROP TRIGGER IF EXISTS order_effect_refuses_replace",
        "DROP TRIGGER IF EXISTS application_stage_refuses_update",
        "DROP TRIGGER IF EXISTS application_stage_refuses_delete",
        "DROP TRIGGER IF EXISTS application_stage_refuses_replace",
        "DROP TRIGGER IF EXISTS recommendation_refuses_update",
        "DROP TRIGGER IF EXISTS recommendation_refuses_delete",
        "DROP TRIGGER IF EXISTS recommendation_refuses_replace",
        "DROP TRIGGER IF EXISTS requirement_note_refuses_update",
        "DROP TRIGGER IF EXISTS requirement_note_refuses_delete",
        "DROP TRIGGER IF EXISTS requirement_note_refuses_replace",
        "DROP TRIGGER IF EXISTS action_notice_refuses_update",
        "DROP TRIGGER IF EXISTS action_notice_refuses_delete",
        "DROP TRIGGER IF EXISTS action_notice_refuses_replace",
        "DROP TRIGGER IF EXISTS hearing_entry_refuses_update",
        "DROP TRIGGER IF EXISTS hearing_entry_refuses_delete",
        "DROP TRIGGER IF EXISTS hearing_entry_refuses_replace",
        "DROP TRIGGER IF EXISTS reference_signature_refuses_update",
        "DROP TRIGGER IF EXISTS reference_signature_refuses_delete",
        "DROP TRIGGER IF EXISTS reference_signature_refuses_replace",
        "DROP TRIGGER IF EXISTS statement_refuses_update",
        "DROP TRIGGER IF EXISTS statement_refuses_delete",
        "DROP TRIGGER IF EXISTS statement_refuses_replace",
        "DROP TRIGGER IF EXISTS signature_refuses_update",
        "DROP TRIGGER IF EXISTS signature_refuses_delete",
        "DROP TRIGGER IF EXISTS signature_refuses_replace",
        "DROP TRIGGER IF EXISTS licence_check_refuses_update",
        "DROP TRIGGER IF EXISTS licence_check_refuses_delete",
        "DROP TRIGGER IF EXISTS licence_check_refuses_replace",
        "DROP TRIGGER IF EXISTS self_assessment_result_refuses_update",
        "DROP TRIGGER IF EXISTS self_assessment_result_refuses_delete",
        "DROP TRIGGER IF EXISTS self_assessment_result_refuses_replace",
        "DROP TRIGGER IF EXISTS family_feedback_refuses_update",
        "DROP TRIGGER IF EXISTS family_feedback_refuses_delete",
        "DROP TRIGGER IF EXISTS family_feedback_refuses_replace",
        "DROP TRIGGER IF EXISTS ce_audit_refuses_update",
        "DROP TRIGGER IF EXISTS ce_audit_refuses_delete",
        "DROP TRIGGER IF EXISTS ce_audit_refuses_replace",
        "DROP TRIGGER IF EXISTS ce_selection_refuses_update",
        "DROP TRIGGER IF EXISTS ce_selection_refuses_delete",
        "DROP TRIGGER IF EXISTS ce_selection_refuses_replace",
        "DROP TRIGGER IF EXISTS ce_proof_refuses_update",
        "DROP TRIGGER IF EXISTS ce_proof_refuses_delete",
        "DROP TRIGGER IF EXISTS ce_proof_refuses_replace",
        "DROP TRIGGER IF EXISTS ce_result_refuses_update",
        "DROP TRIGGER IF EXISTS ce_result_refuses_delete",
        "DROP TRIGGER IF EXISTS ce_result_refuses_replace",
        "DROP TRIGGER IF EXISTS employer_change_answer_refuses_update",
        "DROP TRIGGER IF EXISTS employer_change_answer_refuses_delete",
        "DROP TRIGGER IF EXISTS employer_change_answer_refuses_replace",
        "DROP TRIGGER IF EXISTS employer_change_effect_refuses_update",
        "DROP TRIGGER IF EXISTS employer_change_effect_refuses_delete",
        "DROP TRIGGER IF EXISTS employer_change_effect_refuses_replace",
        "DROP TRIGGER IF EXISTS correction_refuses_update",
        "DROP TRIGGER IF EXISTS correction_refuses_delete",
        "DROP TRIGGER IF EXISTS correction_refuses_replace",
        "DROP TRIGGER IF EXISTS record_merge_item_refuses_update",
        "DROP TRIGGER IF EXISTS record_merge_item_refuses_delete",
        "DROP TRIGGER IF EXISTS record_merge_item_refuses_replace",
        "DROP TRIGGER IF EXISTS submittal_refuses_update",
        "DROP TRIGGER IF EXISTS submittal_refuses_delete",
        "DROP TRIGGER IF EXISTS submittal_refuses_replace",
        "DROP TRIGGER IF EXISTS submittal_review_refuses_update",
        "DROP TRIGGER IF EXISTS submittal_review_refuses_delete",
        "DROP TRIGGER IF EXISTS submittal_review_refuses_replace",
        "DROP TRIGGER IF EXISTS completion_certificate_refuses_update",
        "DROP TRIGGER IF EXISTS completion_certificate_refuses_delete",
        "DROP TRIGGER IF EXISTS completion_certificate_refuses_replace",
        "DROP TRIGGER IF EXISTS session_evaluation_refuses_update",
        "DROP TRIGGER IF EXISTS session_evaluation_refuses_delete",
        "DROP TRIGGER IF EXISTS session_evaluation_refuses_replace",
        "DROP TRIGGER IF EXISTS convening_invitation_refuses_update",
        "DROP TRIGGER IF EXISTS convening_invitation_refuses_delete",
        "DROP TRIGGER IF EXISTS convening_invitation_refuses_replace",
        "DROP TRIGGER IF EXISTS convening_answer_refuses_update",
        "DROP TRIGGER IF EXISTS convening_answer_refuses_delete",
        "DROP TRIGGER IF EXISTS convening_answer_refuses_replace",
        "DROP TRIGGER IF EXISTS convening_attendance_refuses_update",
        "DROP TRIGGER IF EXISTS convening_attendance_refuses_delete",
        "DROP TRIGGER IF EXISTS convening_attendance_refuses_replace",
        "DROP TRIGGER IF EXISTS convening_theme_refuses_update",
        "DROP TRIGGER IF EXISTS convening_theme_refuses_delete",
        "DROP TRIGGER IF EXISTS convening_theme_refuses_replace",
        "DROP TRIGGER IF EXISTS contract_step_refuses_update",
        "DROP TRIGGER IF EXISTS contract_step_refuses_delete",
        "DROP TRIGGER IF EXISTS contract_step_refuses_replace",
        "DROP TRIGGER IF EXISTS contract_open_item_refuses_update",
        "DROP TRIGGER IF EXISTS contract_open_item_refuses_delete",
        "DROP TRIGGER IF EXISTS contract_open_item_refuses_replace",
        "DROP TRIGGER IF EXISTS debarment_check_refuses_update",
        "DROP TRIGGER IF EXISTS debarment_check_refuses_delete",
        "DROP TRIGGER IF EXISTS debarment_check_refuses_replace",
        "DROP TRIGGER IF EXISTS provider_qualification_refuses_update",
        "DROP TRIGGER IF EXISTS provider_qualification_refuses_delete",
        "DROP TRIGGER IF EXISTS provider_qualification_refuses_replace",
        "DROP TRIGGER IF EXISTS financial_report_refuses_update",
        "DROP TRIGGER IF EXISTS financial_report_refuses_delete",
        "DROP TRIGGER IF EXISTS financial_report_refuses_replace",
        "DROP TRIGGER IF EXISTS site_visit_refuses_update",
        "DROP TRIGGER IF EXISTS site_visit_refuses_delete",
        "DROP TRIGGER IF EXISTS site_visit_refuses_replace",
        "DROP TRIGGER IF EXISTS corrective_answer_refuses_update",
        "DROP TRIGGER IF EXISTS corrective_answer_refuses_delete",
        "DROP TRIGGER IF EXISTS corrective_answer_refuses_replace",
        "DROP TRIGGER IF EXISTS vendor_invoice_line_refuses_update",
        "DROP TRIGGER IF EXISTS vendor_invoice_line_refuses_delete",
        "DROP TRIGGER IF EXISTS vendor_invoice_line_refuses_replace",
        "DROP TRIGGER IF EXISTS vendor_payment_refuses_update",
        "DROP TRIGGER IF EXISTS vendor_payment_refuses_delete",
        "DROP TRIGGER IF EXISTS vendor_payment_refuses_replace",
        "DROP TRIGGER IF EXISTS payment_hold_refuses_update",
        "DROP TRIGGER IF EXISTS payment_hold_refuses_delete",
        "DROP TRIGGER IF EXISTS payment_hold_refuses_replace",
        "DROP TRIGGER IF EXISTS hold_decision_refuses_update",
        "DROP TRIGGER IF EXISTS hold_decision_refuses_delete",
        "DROP TRIGGER IF EXISTS hold_decision_refuses_replace",
        "DROP TRIGGER IF EXISTS caseload_line_refuses_update",
        "DROP TRIGGER IF EXISTS caseload_line_refuses_delete",
        "DROP TRIGGER IF EXISTS caseload_line_refuses_replace",
        "DROP TRIGGER IF EXISTS caseload_count_refuses_update",
        "DROP TRIGGER IF EXISTS caseload_count_refuses_delete",
        "DROP TRIGGER IF EXISTS caseload_count_refuses_replace",
        "DROP TRIGGER IF EXISTS caseload_question_move_refuses_update",
        "DROP TRIGGER IF EXISTS caseload_question_move_refuses_delete",
        "DROP TRIGGER IF EXISTS caseload_question_move_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_allocation_refuses_update",
        "DROP TRIGGER IF EXISTS fund_allocation_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_allocation_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_true_up_refuses_update",
        "DROP TRIGGER IF EXISTS fund_true_up_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_true_up_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_year_event_refuses_update",
        "DROP TRIGGER IF EXISTS fund_year_event_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_year_event_refuses_replace",
        "DROP TRIGGER IF EXISTS assessment_refuses_update",
        "DROP TRIGGER IF EXISTS assessment_refuses_delete",
        "DROP TRIGGER IF EXISTS assessment_refuses_replace",
        "DROP TRIGGER IF EXISTS instalment_refuses_update",
        "DROP TRIGGER IF EXISTS instalment_refuses_delete",
        "DROP TRIGGER IF EXISTS instalment_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_adjustment_refuses_update",
        "DROP TRIGGER IF EXISTS fund_adjustment_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_adjustment_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_notice_refuses_update",
        "DROP TRIGGER IF EXISTS fund_notice_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_notice_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_payment_refuses_update",
        "DROP TRIGGER IF EXISTS fund_payment_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_payment_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_write_off_refuses_update",
        "DROP TRIGGER IF EXISTS fund_write_off_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_write_off_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_referral_refuses_update",
        "DROP TRIGGER IF EXISTS fund_referral_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_referral_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_appeal_refuses_update",
        "DROP TRIGGER IF EXISTS fund_appeal_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_appeal_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_appeal_decision_refuses_update",
        "DROP TRIGGER IF EXISTS fund_appeal_decision_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_appeal_decision_refuses_replace",
        "DROP TRIGGER IF EXISTS true_up_line_refuses_update",
        "DROP TRIGGER IF EXISTS true_up_line_refuses_delete",
        "DROP TRIGGER IF EXISTS true_up_line_refuses_replace",
        "DROP TRIGGER IF EXISTS fund_movement_refuses_update",
        "DROP TRIGGER IF EXISTS fund_movement_refuses_delete",
        "DROP TRIGGER IF EXISTS fund_movement_refuses_replace",
        "DROP TRIGGER IF EXISTS payer_answer_refuses_update",
        "DROP TRIGGER IF EXISTS payer_answer_refuses_delete",
        "DROP TRIGGER IF EXISTS payer_answer_refuses_replace",
        "DROP TRIGGER IF EXISTS ledger_entry_refuses_update",
        "DROP TRIGGER IF EXISTS ledger_entry_refuses_delete",
        "DROP TRIGGER IF EXISTS ledger_entry_refuses_replace",
        "DROP TRIGGER IF EXISTS ledger_posting_refuses_update",
        "DROP TRIGGER IF EXISTS ledger_posting_refuses_delete",
        "DROP TRIGGER IF EXISTS ledger_posting_refuses_replace",
        "DROP TRIGGER IF EXISTS audit_head_moves_on",
        "DROP TRIGGER IF EXISTS audit_head_is_kept",
        "DROP TRIGGER IF EXISTS audit_head_refuses_replace",
        "DROP TRIGGER IF EXISTS standard_version_is_frozen",
        "DROP TRIGGER IF EXISTS standard_version_is_kept",
        "DROP TRIGGER IF EXISTS standard_version_refuses_replace",
        "DROP TRIGGER IF EXISTS board_order_is_frozen",
        "DROP TRIGGER IF EXISTS board_order_is_kept",
        "DROP TRIGGER IF EXISTS board_order_refuses_replace",
        "DROP TRIGGER IF EXISTS contract_is_frozen",
        "DROP TRIGGER IF EXISTS contract_is_kept",
        "DROP TRIGGER IF EXISTS contract_refuses_replace",
        "DROP TRIGGER IF EXISTS contract_amendment_is_frozen",
        "DROP TRIGGER IF EXISTS contract_amendment_is_kept",
        "DROP TRIGGER IF EXISTS contract_amendment_refuses_replace",
        "DROP TRIGGER IF EXISTS budget_line_is_frozen",
        "DROP TRIGGER IF EXISTS budget_line_is_kept",
        "DROP TRIGGER IF EXISTS budget_line_refuses_replace",
        "DROP TRIGGER IF EXISTS contract_rate_is_frozen",
        "DROP TRIGGER IF EXISTS contract_rate_is_kept",
        "DROP TRIGGER IF EXISTS contract_rate_refuses_replace",
    ],
}


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="1, 2, 3 ... without a gap",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True, comment="The account; empty for a job or a command"),
        sa.Column("actor", sa.String(length=240), nullable=False, comment="Who it was, as known then"),
        sa.Column("action", sa.String(length=60), nullable=False, comment="resource.past_tense"),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True, comment="Whom it concerns, for one record's history"),
        sa.Column(
            "changes", sa.Text(), nullable=False, comment="Canonical JSON: before and after of every changed column"
        ),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        comment="One change, hashed over the entry before it; written in the same transaction as the change.",
    )
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "seq"], unique=False)
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor_id", "seq"], unique=False)
    op.create_index("ix_audit_entry_party", "audit_entry", ["party_id", "seq"], unique=False)
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_type", "subject_id", "seq"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Always 1"),
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Its number; a trail that ends earlier was cut off",
        ),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        comment="The highest entry that was ever chained: the database moves it along with each entry, and never back.",
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("run_on", sa.Date(), nullable=False, comment="The day that the job was run for"),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "running", "finished", "failed", name="jobstatus", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column(
            "counts", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        comment="One run of a job: when, for which day, how far, and with what result.",
    )
    op.create_index("ix_job_run_name", "job_run", ["name", "id"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False, comment="Grows with each new holder"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
        comment="Who runs the clock: at most one holder at a time, on any number of hosts.",
    )
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("cash_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cash_cents >= 0", name=op.f("ck_ledger_head_never_negative")),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
        comment="The one row with the last number and the money in the fund; its lock puts postings one after the other.",
    )
    op.create_table(
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("county", sa.String(length=30), nullable=False),
        sa.Column("county_fips", sa.String(length=5), nullable=False),
        sa.Column(
            "region",
            sa.Enum(
                "western",
                "central",
                "northeast",
                "metro_west",
                "southeast",
                "boston",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Regions are groups of municipalities, never of counties",
        ),
        sa.Column("latitude", sa.Double(), nullable=False, comment="Degrees north"),
        sa.Column("longitude", sa.Double(), nullable=False, comment="Degrees east (negative)"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("name", name=op.f("uq_municipality_name")),
        comment="One of the 351 cities and towns of Massachusetts, with its EOHHS region.",
    )
    op.create_index(op.f("ix_municipality_region"), "municipality", ["region"], unique=False)
    op.create_table(
        "number_sequence",
        sa.Column(
            "subject_type",
            sa.Enum(
                "vendor",
                "coordinator",
                "practice",
                "training_program",
                name="subjecttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject_type", "year", name=op.f("pk_number_sequence")),
        comment="The last number given out for a kind of credential in a year; the row's lock keeps numbers unique.",
    )
    op.create_table(
        "ownership_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_group")),
        sa.UniqueConstraint("name", name=op.f("uq_ownership_group_name")),
        comment="Entities under one tax number, parent or common control.",
    )
    op.create_table(
        "reminder_start",
        sa.Column(
            "kind",
            sa.Enum(
                "credential_renewal",
                "licence_renewal",
                "document_renewal",
                "licence_recheck",
                "background_recheck",
                "ce_proof",
                "attest_anew",
                name="obligationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("watched_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_reminder_start")),
        comment="From which day reminders of a kind are sent; what should have been told before is not told later.",
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("key", sa.String(length=80), nullable=False, comment="Hash of what was typed; no address is kept"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_throttle")),
        comment="Tries in vain of one network address or account, kept in the database so that all workers agree.",
    )
    op.create_table(
        "standard_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column(
            "subject_type",
            sa.Enum(
                "vendor",
                "coordinator",
                "practice",
                "training_program",
                name="subjecttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_set")),
        sa.UniqueConstraint("code", name=op.f("uq_standard_set_code")),
        comment="A standard for one kind of subject, such as CC-CORE for coordinators.",
    )
    op.create_index(op.f("ix_standard_set_subject_type"), "standard_set", ["subject_type"], unique=False)
    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "vendor",
                "coordinator",
                "practice",
                "training_program",
                name="subjecttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False, comment="Legal name, in any script"),
        sa.Column(
            "sort_name",
            sa.String(length=200),
            nullable=False,
            comment="Folded name that lists are ordered and paged by",
        ),
        sa.Column(
            "certificate_name",
            sa.String(length=200),
            nullable=True,
            comment="Name in Latin letters for the certificate, where the legal name is in another script",
        ),
        sa.Column("email", sa.String(length=254), nullable=True, comment="Business e-mail; never public"),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("preferred_language", sa.String(length=8), nullable=False, comment="ISO 639 code for letters"),
        sa.Column("address_line", sa.String(length=200), nullable=True),
        sa.Column("zip_code", sa.String(length=10), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column(
            "region",
            sa.Enum(
                "western",
                "central",
                "northeast",
                "metro_west",
                "southeast",
                "boston",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="Of the municipality; kept here so that lists filter by index",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_party_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        comment="Anybody who can hold a credential: an organization, a practice, a program or a person.",
    )
    op.create_index(op.f("ix_party_email"), "party", ["email"], unique=False)
    op.create_index("ix_party_kind_region_sort", "party", ["kind", "region", "sort_name", "id"], unique=False)
    op.create_index("ix_party_kind_sort", "party", ["kind", "sort_name", "id"], unique=False)
    op.create_index(op.f("ix_party_municipality_id"), "party", ["municipality_id"], unique=False)
    op.create_index(
        "uq_party_coordinator_email",
        "party",
        ["email"],
        unique=True,
        postgresql_where=sa.text("kind = 'coordinator'"),
        sqlite_where=sa.text("kind = 'coordinator'"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False, comment="Lower case; what people sign in with"),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "dph_administrator",
                "dph_reviewer",
                "fund_manager",
                "auditor",
                "vendor_hr",
                "practice_manager",
                "coordinator",
                "training_provider",
                "public",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "party_id",
            sa.Integer(),
            nullable=True,
            comment="The organization acted for, or the coordinator who signs in",
        ),
        sa.Column("password_hash", sa.String(length=200), nullable=True, comment="argon2id"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('dph_administrator','dph_reviewer','fund_manager','auditor') OR party_id IS NOT NULL",
            name=op.f("ck_account_outside_roles_have_party"),
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_account_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        comment="A person's account, with exactly one role, for DPH or for one party.",
    )
    op.create_index(op.f("ix_account_party_id"), "account", ["party_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "responsibility",
            sa.String(length=80),
            nullable=False,
            comment="For example contract manager, CORI coordinator",
        ),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contact_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        comment="A person at an organization whom DPH can reach about a subject.",
    )
    op.create_index(op.f("ix_contact_party_id"), "contact", ["party_id"], unique=False)
    op.create_table(
        "coordinator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "discipline",
            sa.Enum(
                "nurse",
                "social_worker",
                "educator",
                "therapist",
                "experienced_parent",
                "other",
                name="discipline",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "birth_month", sa.Integer(), nullable=True, comment="Month and day only, for terms that end on a birthday"
        ),
        sa.Column("birth_day", sa.Integer(), nullable=True),
        sa.Column(
            "merged_into_id",
            sa.Integer(),
            nullable=True,
            comment="The record of the same person that absorbed this one; empty for most",
        ),
        sa.CheckConstraint("(birth_month IS NULL) = (birth_day IS NULL)", name=op.f("ck_coordinator_birthday_whole")),
        sa.CheckConstraint(
            "birth_day IS NULL OR birth_day BETWEEN 1 AND 31", name=op.f("ck_coordinator_birth_day_range")
        ),
        sa.CheckConstraint(
            "birth_month IS NULL OR birth_month BETWEEN 1 AND 12", name=op.f("ck_coordinator_birth_month_range")
        ),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_coordinator_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["coordinator.id"], name=op.f("fk_coordinator_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinator")),
        comment="A person who coordinates care; keeps the record when the employer changes.",
    )
    op.create_index(op.f("ix_coordinator_discipline"), "coordinator", ["discipline"], unique=False)
    op.create_index(
        "ix_coordinator_merged",
        "coordinator",
        ["merged_into_id"],
        unique=False,
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column(
            "subject_type",
            sa.Enum(
                "vendor",
                "coordinator",
                "practice",
                "training_program",
                name="subjecttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column(
            "number", sa.String(length=24), nullable=False, comment="For example CC-2026-000123-4, with a check digit"
        ),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_credential_party_id")),
        sa.ForeignKeyConstraint(["standard_id"], ["standard_set.id"], name=op.f("fk_credential_standard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("number", name=op.f("uq_credential_number")),
        sa.UniqueConstraint("party_id", "standard_id", name=op.f("uq_credential_party_id_standard_id")),
        comment="What a party holds under a standard; its number is never used again.",
    )
    op.create_index("ix_credential_subject", "credential", ["subject_type", "id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind", sa.String(length=60), nullable=False, comment="Name of the message, a folder under templates/emails"
        ),
        sa.Column("dedupe_key", sa.String(length=160), nullable=False, comment="What must be told once only"),
        sa.Column(
            "message_id",
            sa.String(length=160),
            nullable=False,
            comment="The Message-ID header; the same at each attempt",
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True, comment="Whom it is about"),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column(
            "calendar",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="A calendar file that goes along; empty for most",
        ),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "failed",
                "withdrawn",
                name="messagestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_message_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_message_dedupe_key")),
        comment="An e-mail in the outbox, written in the transaction of what it tells about.",
    )
    op.create_index("ix_message_party", "message", ["party_id", "id"], unique=False)
    op.create_index("ix_message_queue", "message", ["status", "next_attempt_at", "id"], unique=False)
    op.create_table(
        "obligation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "credential_renewal",
                "licence_renewal",
                "document_renewal",
                "licence_recheck",
                "background_recheck",
                "ce_proof",
                "attest_anew",
                name="obligationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "subject_id",
            sa.Integer(),
            nullable=False,
            comment="The credential, licence, evidence or drift that falls due",
        ),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="When it was met or fell away"),
        sa.Column("closed_because", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_obligation_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint("kind", "subject_id", "due_on", name=op.f("uq_obligation_kind_subject_id_due_on")),
        comment="Something with a due date that somebody must act on; derived from the records, never typed in.",
    )
    op.create_index("ix_obligation_open", "obligation", ["closed_at", "due_on", "id"], unique=False)
    op.create_index("ix_obligation_party", "obligation", ["party_id", "due_on"], unique=False)
    op.create_table(
        "ownership_stake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column(
            "percent",
            sa.Integer(),
            nullable=False,
            comment="Whole percent of control; above 5 counts as common control",
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_ownership_stake_dates_in_order")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_ownership_stake_percent_range")),
        sa.ForeignKeyConstraint(["group_id"], ["ownership_group.id"], name=op.f("fk_ownership_stake_group_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_ownership_stake_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_stake")),
        comment="A party's membership in an ownership group, with the share that the group controls.",
    )
    op.create_index(op.f("ix_ownership_stake_group_id"), "ownership_stake", ["group_id"], unique=False)
    op.create_index(op.f("ix_ownership_stake_party_id"), "ownership_stake", ["party_id"], unique=False)
    op.create_table(
        "party_language",
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False, comment="ISO 639 code"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_language_party_id")),
        sa.PrimaryKeyConstraint("party_id", "code", name=op.f("pk_party_language")),
        comment="A language that a party can serve families in.",
    )
    op.create_table(
        "practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "npi",
            sa.String(length=10),
            nullable=False,
            comment="National Provider Identifier; doubles are flagged, not refused",
        ),
        sa.Column(
            "pays_coordinator_wages",
            sa.Boolean(),
            nullable=False,
            comment="The practice declared that it pays part of a coordinator's wages: a conflict",
        ),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
        comment="A pediatric practice that commits to the medical home; it never employs its coordinators.",
    )
    op.create_index(op.f("ix_practice_npi"), "practice", ["npi"], unique=False)
    op.create_table(
        "training_program",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_institution", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_training_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_program")),
        comment="A program that trains coordinators and is approved under TP-CORE.",
    )
    op.create_table(
        "vendor_organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_code", sa.String(length=12), nullable=False, comment="MMARS vendor code: VC and ten digits"),
        sa.Column(
            "self_enrolment",
            sa.Boolean(),
            nullable=False,
            comment="Whether coordinators may enrol themselves in training",
        ),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_vendor_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_organization")),
        sa.UniqueConstraint("vendor_code", name=op.f("uq_vendor_organization_vendor_code")),
        comment="A community organization that contracts with DPH and employs coordinators.",
    )
    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True, comment="Whose record; empty for a list"),
        sa.Column("what", sa.String(length=60), nullable=False, comment="Which page or file was read, by its endpoint"),
        sa.Column(
            "listing",
            sa.Text(),
            nullable=False,
            comment="Of a list, in JSON: which one, its filters and how many rows; empty for one record",
        ),
        sa.CheckConstraint("(party_id IS NULL) = (listing <> '')", name=op.f("ck_access_log_record_or_list")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_access_log_party_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_access_log_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
        comment="One reading of a personal record, or of a list of them (M.G.L. c.66A asks for a record of access).",
    )
    op.create_index("ix_access_log_party", "access_log", ["party_id", "id"], unique=False)
    op.create_index("ix_access_log_user", "access_log", ["user_id", "id"], unique=False)
    op.create_table(
        "board_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=9), nullable=False, comment="Year and sequence, such as 2026-04"),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("extension", "waiver", name="orderkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("adopted_on", sa.Date(), nullable=False, comment="The day of the vote"),
        sa.Column("citation", sa.String(length=200), nullable=False, comment="The legal ground"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("extends_to", sa.Date(), nullable=True, comment="A fixed last day; otherwise by months and days"),
        sa.Column("extends_months", sa.Integer(), nullable=False),
        sa.Column("extends_days", sa.Integer(), nullable=False),
        sa.Column("grace_only", sa.Boolean(), nullable=False, comment="Moves the end of grace and not the last day"),
        sa.Column(
            "future_grants", sa.Boolean(), nullable=False, comment="Counts for terms that are granted later, too"
        ),
        sa.Column(
            "waived_codes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Codes of the requirements that are waived",
        ),
        sa.Column(
            "submitted_from", sa.Date(), nullable=True, comment="A waiver counts for applications submitted from here"
        ),
        sa.Column("submitted_to", sa.Date(), nullable=True, comment="Last day of submission, inclusive"),
        sa.Column("credential_id", sa.Integer(), nullable=True, comment="Cohort: one credential"),
        sa.Column("standard_id", sa.Integer(), nullable=True, comment="Cohort: under a standard"),
        sa.Column(
            "region",
            sa.Enum(
                "western",
                "central",
                "northeast",
                "metro_west",
                "southeast",
                "boston",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="Cohort: holders in a region",
        ),
        sa.Column(
            "vendor_id", sa.Integer(), nullable=True, comment="Cohort: whom the vendor employed on the day of the vote"
        ),
        sa.Column("expires_from", sa.Date(), nullable=True, comment="Cohort: terms that end on this day or later"),
        sa.Column("expires_to", sa.Date(), nullable=True, comment="Cohort: terms that end on this day or earlier"),
        sa.Column("document_sha256", sa.String(length=64), nullable=True, comment="The signed order in the file store"),
        sa.Column("document_name", sa.String(length=200), nullable=True),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_force_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "in_force_at", sa.DateTime(timezone=True), nullable=True, comment="Since when it counts; empty for a draft"
        ),
        sa.CheckConstraint(
            "kind <> 'extension' OR extends_to IS NOT NULL OR extends_months > 0 OR extends_days > 0",
            name=op.f("ck_board_order_extension_extends"),
        ),
        sa.CheckConstraint(
            "kind <> 'waiver' OR (standard_id IS NOT NULL AND submitted_from IS NOT NULL AND submitted_to IS NOT NULL)",
            name=op.f("ck_board_order_waiver_whole"),
        ),
        sa.CheckConstraint(
            "(document_sha256 IS NULL) = (document_name IS NULL)", name=op.f("ck_board_order_document_whole")
        ),
        sa.CheckConstraint(
            "(in_force_at IS NULL) = (in_force_by_id IS NULL)", name=op.f("ck_board_order_in_force_whole")
        ),
        sa.CheckConstraint("extends_months >= 0 AND extends_days >= 0", name=op.f("ck_board_order_never_shortens")),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_board_order_credential_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["account.id"], name=op.f("fk_board_order_drafted_by_id")),
        sa.ForeignKeyConstraint(["in_force_by_id"], ["account.id"], name=op.f("fk_board_order_in_force_by_id")),
        sa.ForeignKeyConstraint(["standard_id"], ["standard_set.id"], name=op.f("fk_board_order_standard_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_board_order_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_order")),
        sa.UniqueConstraint("number", name=op.f("uq_board_order_number")),
        comment="An extension or a waiver that the Board adopted; once in force it never changes.",
    )
    op.create_index(op.f("ix_board_order_in_force_at"), "board_order", ["in_force_at"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_calendar_feed_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
        comment="The secret address of one account's calendar; at most one counts, and only its hash is kept.",
    )
    op.create_index(op.f("ix_calendar_feed_user_id"), "calendar_feed", ["user_id"], unique=False)
    op.create_index(
        "uq_calendar_feed_account",
        "calendar_feed",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
        sqlite_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "caseload_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("month_from", sa.Date(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("by_office", sa.Boolean(), nullable=False, comment="Typed by DPH from paper; else by the vendor"),
        sa.Column(
            "numbers",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Each number by its field",
        ),
        sa.Column(
            "source",
            sa.Enum("form", "file", "paper", name="reportsource", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("typed_by_id", sa.Integer(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_caseload_draft_coordinator_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_caseload_draft_practice_id")),
        sa.ForeignKeyConstraint(["typed_by_id"], ["account.id"], name=op.f("fk_caseload_draft_typed_by_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_caseload_draft_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload_draft")),
        sa.UniqueConstraint(
            "vendor_id", "month_from", "coordinator_id", "practice_id", "by_office", name="one_of_a_side"
        ),
        comment="A line that is typed and not filed yet; filing the report removes it.",
    )
    op.create_table(
        "caseload_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("month_from", sa.Date(), nullable=False, comment="First day of the month that it is about"),
        sa.Column(
            "due_on", sa.Date(), nullable=False, comment="The 15th of the next month, or the business day after it"
        ),
        sa.Column(
            "filed_on",
            sa.Date(),
            nullable=False,
            comment="The day on which it came in; for one on paper, as DPH received it",
        ),
        sa.Column(
            "first_filed_on",
            sa.Date(),
            nullable=False,
            comment="The day on which the month was filed first: a correction does not make it late",
        ),
        sa.Column(
            "source",
            sa.Enum("form", "file", "paper", name="reportsource", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("children", sa.Integer(), nullable=False, comment="Active children in all lines"),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["filed_by_id"], ["account.id"], name=op.f("fk_caseload_report_filed_by_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["caseload_report.id"], name=op.f("fk_caseload_report_supersedes_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_caseload_report_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload_report")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_caseload_report_supersedes_id")),
        comment="A vendor's report of one month as it was filed; a correction is another one that supersedes it.",
    )
    op.create_index("ix_caseload_report_month", "caseload_report", ["month_from", "vendor_id"], unique=False)
    op.create_index(
        "uq_caseload_report_standing",
        "caseload_report",
        ["vendor_id", "month_from"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "caseload_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("month_from", sa.Date(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="The bytes in the file store"),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "checked",
                "taken_over",
                "discarded",
                name="sheetstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "by_office", sa.Boolean(), nullable=False, comment="Uploaded by DPH; else by the vendor, whose draft it is"
        ),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.Column(
            "report",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Problems by row and column, and the lines as they were understood",
        ),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["account.id"], name=op.f("fk_caseload_sheet_uploaded_by_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_caseload_sheet_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload_sheet")),
        comment="A spreadsheet with the lines of one month and what the check of it found.",
    )
    op.create_index("ix_caseload_sheet_vendor", "caseload_sheet", ["vendor_id", "id"], unique=False)
    op.create_table(
        "ce_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("decided_from", sa.Date(), nullable=False, comment="Renewals approved from this day"),
        sa.Column("decided_to", sa.Date(), nullable=False, comment="Through this day"),
        sa.Column(
            "known_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The population is what was on record at this instant",
        ),
        sa.Column(
            "population",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Credential numbers in the order of the alphabet",
        ),
        sa.Column("population_count", sa.Integer(), nullable=False),
        sa.Column(
            "population_hash", sa.String(length=64), nullable=False, comment="SHA-256 over the numbers, one to a line"
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "by_percent", sa.Boolean(), nullable=False, comment="The size is a tenth, rounded up; else it was typed"
        ),
        sa.Column("seed", sa.String(length=80), nullable=False),
        sa.Column(
            "seed_typed",
            sa.Boolean(),
            nullable=False,
            comment="Somebody typed the seed; else CertHub made it during the draw",
        ),
        sa.Column("due_on", sa.Date(), nullable=False, comment="Last day for the proofs"),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("decided_to >= decided_from", name=op.f("ck_ce_audit_dates_in_order")),
        sa.CheckConstraint("size BETWEEN 1 AND population_count", name=op.f("ck_ce_audit_size_range")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["account.id"], name=op.f("fk_ce_audit_drawn_by_id")),
        sa.ForeignKeyConstraint(["standard_id"], ["standard_set.id"], name=op.f("fk_ce_audit_standard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ce_audit")),
        sa.UniqueConstraint(
            "standard_id", "decided_from", "decided_to", name=op.f("uq_ce_audit_standard_id_decided_from_decided_to")
        ),
        comment="One draw: the population, its hash, the size and the seed, so that anybody can draw it again.",
    )
    op.create_table(
        "champion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("physician", "staff", name="championrole", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False, comment="Business e-mail; never public"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="Last day, inclusive; empty while it goes on"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_champion_dates_in_order")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_champion_practice_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["champion.id"], name=op.f("fk_champion_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_champion")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_champion_supersedes_id")),
        comment="A physician or staff member who leads the work in a practice; corrections supersede, nothing is overwritten.",
    )
    op.create_index("ix_champion_practice", "champion", ["practice_id", "superseded_at"], unique=False)
    op.create_index(
        "uq_champion_open",
        "champion",
        ["practice_id", "role"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL AND ends_on IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL AND ends_on IS NULL"),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False, comment="MMARS document id of the contract"),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False, comment="The performance that is agreed, in words"),
        sa.Column(
            "procurement_id", sa.String(length=60), nullable=False, comment="COMMBUYS bid or purchase order, RFR number"
        ),
        sa.Column(
            "procurement_type",
            sa.Enum(
                "statewide_contract",
                "collective_purchase",
                "department_procurement",
                "emergency_contract",
                "contract_employee",
                "interim_contract",
                "legislative_or_other",
                name="procurementtype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "compensation",
            sa.Enum(
                "rate", "maximum_obligation", name="compensation", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "terms",
            sa.Enum(
                "commonwealth",
                "human_and_social_services",
                name="terms",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "start_rule",
            sa.Enum(
                "signatures",
                "later_date",
                "earlier_date",
                name="startrule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("start_on", sa.Date(), nullable=True, comment="The day that the contract names, where it names one"),
        sa.Column(
            "ends_on",
            sa.Date(),
            nullable=False,
            comment="Last day as signed, inclusive; amendments are periods of their own",
        ),
        sa.Column("needs_secretariat", sa.Boolean(), nullable=False),
        sa.Column("rfr_posted_on", sa.Date(), nullable=True, comment="The request for response was posted"),
        sa.Column("awarded_on", sa.Date(), nullable=True),
        sa.Column("procurement_ends_on", sa.Date(), nullable=True, comment="Last day that options can reach"),
        sa.Column("option_count", sa.Integer(), nullable=False, comment="Options to renew that were procured"),
        sa.Column("option_months", sa.Integer(), nullable=False, comment="Length of each option in months"),
        sa.Column("legal_name", sa.String(length=200), nullable=False, comment="As on the contractor's W-9"),
        sa.Column("doing_business_as", sa.String(length=200), nullable=True),
        sa.Column("legal_address", sa.String(length=300), nullable=False, comment="As on the contractor's W-9"),
        sa.Column(
            "remittance_address", sa.String(length=300), nullable=True, comment="Where it differs from the legal one"
        ),
        sa.Column(
            "address_code", sa.String(length=5), nullable=True, comment="MMARS vendor code address id, such as AD001"
        ),
        sa.Column("contractor_manager", sa.String(length=200), nullable=False),
        sa.Column("contractor_email", sa.String(length=254), nullable=False),
        sa.Column("contractor_phone", sa.String(length=30), nullable=True),
        sa.Column("department_code", sa.String(length=3), nullable=False, comment="MMARS department code"),
        sa.Column("department_manager", sa.String(length=200), nullable=False),
        sa.Column("department_email", sa.String(length=254), nullable=False),
        sa.Column(
            "discount_10_days", sa.Integer(), nullable=False, comment="Prompt payment discount, hundredths of a percent"
        ),
        sa.Column(
            "discount_15_days", sa.Integer(), nullable=False, comment="Prompt payment discount, hundredths of a percent"
        ),
        sa.Column(
            "discount_20_days", sa.Integer(), nullable=False, comment="Prompt payment discount, hundredths of a percent"
        ),
        sa.Column(
            "discount_30_days", sa.Integer(), nullable=False, comment="Prompt payment discount, hundredths of a percent"
        ),
        sa.Column(
            "supplier_diversity",
            sa.Text(),
            nullable=True,
            comment="Supplier diversity commitment; on the form since December 2, 2024",
        ),
        sa.Column(
            "continues_id", sa.Integer(), nullable=True, comment="The contract that this one continues after its end"
        ),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "executed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the last signature was recorded; frozen since",
        ),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("effective_because", sa.Text(), nullable=True),
        sa.CheckConstraint("start_rule = 'signatures' OR start_on IS NOT NULL", name=op.f("ck_contract_start_named")),
        sa.CheckConstraint("(executed_at IS NULL) = (effective_on IS NULL)", name=op.f("ck_contract_executed_whole")),
        sa.CheckConstraint("(option_count = 0) = (option_months = 0)", name=op.f("ck_contract_options_whole")),
        sa.CheckConstraint("option_count >= 0 AND option_months >= 0", name=op.f("ck_contract_options_range")),
        sa.CheckConstraint("start_on IS NULL OR ends_on >= start_on", name=op.f("ck_contract_dates_in_order")),
        sa.ForeignKeyConstraint(["continues_id"], ["contract.id"], name=op.f("fk_contract_continues_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["account.id"], name=op.f("fk_contract_drafted_by_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_contract_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("continues_id", name=op.f("uq_contract_continues_id")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
        comment="A contract of DPH with a vendor, as both sign it; once executed its words never change.",
    )
    op.create_index("ix_contract_vendor", "contract", ["vendor_id", "ends_on"], unique=False)
    op.create_table(
        "convening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "held_on",
            sa.Date(),
            nullable=False,
            comment="The day in Massachusetts on which it begins; windows count by it",
        ),
        sa.Column("place", sa.String(length=300), nullable=False, comment="Where people meet; empty for online only"),
        sa.Column("link", sa.String(length=500), nullable=False, comment="Where people join online"),
        sa.Column(
            "region",
            sa.Enum(
                "western",
                "central",
                "northeast",
                "metro_west",
                "southeast",
                "boston",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="Whom it is for; empty for the whole state",
        ),
        sa.Column("planned_by_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When calendars were last given something new",
        ),
        sa.Column(
            "calendar_uid",
            sa.String(length=80),
            nullable=False,
            comment="The name of the event in every calendar; never changes",
        ),
        sa.Column(
            "sequence",
            sa.Integer(),
            nullable=False,
            comment="Rises with each change of time or place and with the cancellation, as RFC 5545 asks",
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_because", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_because IS NULL)", name=op.f("ck_convening_cancelled_with_reason")
        ),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_convening_sequence_counts_up")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_convening_ends_after_start")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["account.id"], name=op.f("fk_convening_planned_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convening")),
        sa.UniqueConstraint("calendar_uid", name=op.f("uq_convening_calendar_uid")),
        comment="A state meeting of care coordinators, planned by DPH.",
    )
    op.create_index("ix_convening_held", "convening", ["held_on", "id"], unique=False)
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=True, comment="Who gives it; empty for DPH's own courses"),
        sa.Column("code", sa.String(length=40), nullable=False, comment="As standards name it, such as PCCC-M1"),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column(
            "delivery",
            sa.Enum(
                "in_person",
                "live_online",
                "self_paced",
                name="delivery",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("accessibility", sa.Text(), nullable=False, comment="Captions, ramps, materials in large print ..."),
        sa.Column(
            "pass_mark", sa.Integer(), nullable=True, comment="Percent of the final test; empty where there is none"
        ),
        sa.Column(
            "partial_credit",
            sa.Boolean(),
            nullable=False,
            comment="Whether somebody who missed a part earns the hours of the rest",
        ),
        sa.Column(
            "valid_months",
            sa.Integer(),
            nullable=True,
            comment="Months for which a completion counts as a prerequisite; empty for good",
        ),
        sa.Column("external_system", sa.String(length=40), nullable=False, comment="Such as TRAIN"),
        sa.Column("external_affiliate", sa.String(length=80), nullable=False),
        sa.Column("external_course_id", sa.String(length=40), nullable=False),
        sa.Column("offered_from", sa.Date(), nullable=False),
        sa.Column(
            "offered_until", sa.Date(), nullable=True, comment="Last day on which a session may be held; empty: open"
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "offered_until IS NULL OR offered_until >= offered_from", name=op.f("ck_course_dates_in_order")
        ),
        sa.CheckConstraint("pass_mark IS NULL OR pass_mark BETWEEN 1 AND 100", name=op.f("ck_course_pass_mark_range")),
        sa.CheckConstraint(
            "valid_months IS NULL OR valid_months BETWEEN 1 AND 120", name=op.f("ck_course_valid_months_range")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["training_program.id"], name=op.f("fk_course_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("code", name=op.f("uq_course_code")),
        comment="A course of the catalogue, given by a training program or by DPH itself.",
    )
    op.create_index(op.f("ix_course_external_course_id"), "course", ["external_course_id"], unique=False)
    op.create_index(op.f("ix_course_program_id"), "course", ["program_id"], unique=False)
    op.create_table(
        "employer_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column(
            "party_id",
            sa.Integer(),
            nullable=True,
            comment="Whose record fits what was typed; the vendor does not learn whether any",
        ),
        sa.Column(
            "known_by", sa.String(length=254), nullable=False, comment="E-mail address or credential number, as typed"
        ),
        sa.Column("last_name", sa.String(length=200), nullable=False, comment="As typed by the vendor"),
        sa.Column("starts_on", sa.Date(), nullable=False, comment="First day of work at the vendor"),
        sa.Column(
            "kind",
            sa.Enum(
                "employee", "contractor", name="employmentkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("job_title", sa.String(length=120), nullable=True),
        sa.Column("message", sa.String(length=1000), nullable=False, comment="From the vendor to the person"),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Taken back by the vendor before there was an answer",
        ),
        sa.Column(
            "taken_back_at", sa.DateTime(timezone=True), nullable=True, comment="Undone by one side after the consent"
        ),
        sa.Column(
            "expiry_told_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the vendor was told that nobody answered",
        ),
        sa.CheckConstraint(
            "(consented_at IS NULL OR declined_at IS NULL) AND (consented_at IS NULL OR withdrawn_at IS NULL) AND (declined_at IS NULL OR withdrawn_at IS NULL)",
            name=op.f("ck_employer_change_ends_in_one_way"),
        ),
        sa.CheckConstraint(
            "consented_at IS NULL OR party_id IS NOT NULL", name=op.f("ck_employer_change_somebody_consents")
        ),
        sa.CheckConstraint(
            "taken_back_at IS NULL OR consented_at IS NOT NULL",
            name=op.f("ck_employer_change_taken_back_after_consent"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_employer_change_asked_by_id")),
        sa.ForeignKeyConstraint(["party_id"], ["coordinator.id"], name=op.f("fk_employer_change_party_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_employer_change_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_change")),
        comment="A vendor's request that a coordinator who is on file joins it; kept also where no record fits.",
    )
    op.create_index("ix_employer_change_party", "employer_change", ["party_id", "id"], unique=False)
    op.create_index("ix_employer_change_vendor", "employer_change", ["vendor_id", "known_by"], unique=False)
    op.create_index("ix_employer_change_waiting", "employer_change", ["expires_at", "id"], unique=False)
    op.create_table(
        "employment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column(
            "employer_id",
            sa.Integer(),
            nullable=False,
            comment="A vendor organization; a practice only where an existing conflict is recorded",
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "employee", "contractor", name="employmentkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("job_title", sa.String(length=120), nullable=True),
        sa.Column(
            "full_time_percent",
            sa.Integer(),
            nullable=False,
            comment="Percent of a full-time week that the person works here",
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="Last day of work, inclusive; empty while it goes on"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_employment_dates_in_order")),
        sa.CheckConstraint("full_time_percent BETWEEN 1 AND 100", name=op.f("ck_employment_full_time_range")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_employment_coordinator_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["party.id"], name=op.f("fk_employment_employer_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["employment.id"], name=op.f("fk_employment_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_employment_supersedes_id")),
        comment="A spell in which a person works for an organization; corrections supersede, nothing is overwritten.",
    )
    op.create_index("ix_employment_coordinator", "employment", ["coordinator_id", "superseded_at"], unique=False)
    op.create_index(
        "ix_employment_employer_open",
        "employment",
        ["employer_id", "superseded_at", "ends_on", "coordinator_id"],
        unique=False,
    )
    op.create_table(
        "exposure_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column(
            "link",
            sa.Enum(
                "vendor-certification",
                "contract",
                "employment",
                "credential",
                "commitment",
                name="link",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "first_on", sa.Date(), nullable=False, comment="First day on which the placement is exposed by this link"
        ),
        sa.Column(
            "reader",
            sa.Enum(
                "department", "vendor", "practice", name="reader", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
            comment="In what role the recipient is told",
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The letter that told of it",
        ),
        sa.Column("over_on", sa.Date(), nullable=True, comment="The day on which it was found to be over"),
        sa.Column(
            "end_message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The letter that told that it is over",
        ),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_exposure_notice_coordinator_id")),
        sa.ForeignKeyConstraint(["end_message_id"], ["message.id"], name=op.f("fk_exposure_notice_end_message_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_exposure_notice_message_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_exposure_notice_practice_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_exposure_notice_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure_notice")),
        sa.UniqueConstraint(
            "coordinator_id",
            "practice_id",
            "vendor_id",
            "link",
            "first_on",
            "recipient",
            name=op.f("uq_exposure_notice_coordinator_id_practice_id_vendor_id_link_first_on_recipient"),
        ),
        comment="That one recipient is told of one broken link of one placement, once, and once that it is over.",
    )
    op.create_index("ix_exposure_notice_end", "exposure_notice", ["end_message_id"], unique=False)
    op.create_index("ix_exposure_notice_link", "exposure_notice", ["link", "coordinator_id"], unique=False)
    op.create_index("ix_exposure_notice_message", "exposure_notice", ["message_id"], unique=False)
    op.create_index("ix_exposure_notice_practice", "exposure_notice", ["practice_id", "link"], unique=False)
    op.create_index("ix_exposure_notice_recipient", "exposure_notice", ["recipient", "message_id"], unique=False)
    op.create_index("ix_exposure_notice_vendor", "exposure_notice", ["vendor_id", "link"], unique=False)
    op.create_table(
        "external_licence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="For example RN, LICSW, CCM"),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("issued_by", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column(
            "verified_on", sa.Date(), nullable=True, comment="The day on which it was last found so at the source"
        ),
        sa.Column(
            "check_again_on",
            sa.Date(),
            nullable=True,
            comment="Last day on which that check counts, by the standard in force when it was recorded",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_external_licence_coordinator_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["external_licence.id"], name=op.f("fk_external_licence_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_licence")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_external_licence_supersedes_id")),
        comment="A licence or certificate from another body (RN, LICSW, CCM ...), with its own expiry.",
    )
    op.create_index(
        "ix_external_licence_coordinator", "external_licence", ["coordinator_id", "superseded_at"], unique=False
    )
    op.create_index(op.f("ix_external_licence_expires_on"), "external_licence", ["expires_on"], unique=False)
    op.create_table(
        "family_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "family_index",
                "sample_survey",
                name="feedbackmethod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "families", sa.Integer(), nullable=False, comment="Families of children with special needs in the practice"
        ),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column(
            "favourable",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Whole percent of good answers by group of questions",
        ),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("answered <= asked AND asked <= families", name=op.f("ck_family_feedback_counts_in_order")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_family_feedback_dates_in_order")),
        sa.ForeignKeyConstraint(["party_id"], ["practice.id"], name=op.f("fk_family_feedback_party_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_family_feedback_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["family_feedback.id"], name=op.f("fk_family_feedback_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_feedback")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_family_feedback_supersedes_id")),
        comment="A round of family feedback in counts: no family is named. A correction supersedes; no row is ever changed.",
    )
    op.create_index("ix_family_feedback_party", "family_feedback", ["party_id", "ends_on", "id"], unique=False)
    op.create_table(
        "financial_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("year_ended_on", sa.Date(), nullable=False, comment="Last day of the vendor's own fiscal year"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column(
            "supersedes_id", sa.Integer(), nullable=True, comment="The row with the wrong day, which this one corrects"
        ),
        sa.Column("correction_reason", sa.Text(), nullable=True, comment="What was wrong"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(supersedes_id IS NULL) = (correction_reason IS NULL)",
            name=op.f("ck_financial_report_correction_says_why"),
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_financial_report_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["financial_report.id"], name=op.f("fk_financial_report_supersedes_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_financial_report_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_financial_report")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_financial_report_supersedes_id")),
        comment="A vendor's Uniform Financial Report of one of its fiscal years (808 CMR 1.04).",
    )
    op.create_index(
        "uq_financial_report_first",
        "financial_report",
        ["vendor_id", "year_ended_on"],
        unique=True,
        sqlite_where=sa.text("supersedes_id IS NULL"),
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "form_submission",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_form_submission_user_id")),
        sa.PrimaryKeyConstraint("user_id", "token", name=op.f("pk_form_submission")),
        comment="A form that did its work, so that a double click leads to the same page and not to a second record.",
    )
    op.create_table(
        "fund_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "fiscal_year", sa.Integer(), nullable=False, comment="The year in which it ends: 2027 ends June 30, 2027"
        ),
        sa.Column(
            "basis",
            sa.Enum(
                "surcharge_payments",
                "covered_child_months",
                "attributed_units",
                name="basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="What private payers share by",
        ),
        sa.Column(
            "threshold_cents", sa.BigInteger(), nullable=False, comment="Least surcharge payments of a payer in scope"
        ),
        sa.Column(
            "admin_cap", sa.Integer(), nullable=False, comment="Hundredths of a percent of the need before the carry"
        ),
        sa.Column(
            "reserve_cap",
            sa.Integer(),
            nullable=False,
            comment="Hundredths of a percent of the cost of the year before",
        ),
        sa.Column("prior_cost_cents", sa.BigInteger(), nullable=False, comment="Cost of the year before"),
        sa.Column(
            "medicaid_rate_cents", sa.BigInteger(), nullable=False, comment="Most that can be claimed for one unit"
        ),
        sa.Column(
            "federal_shares",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Each day from which a federal share counts, with it",
        ),
        sa.Column("instalments", sa.Integer(), nullable=False),
        sa.Column(
            "true_up_mode",
            sa.Enum("pool", "payer", name="trueupmode", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "excluded_share_to",
            sa.Enum("payers", "state", name="excludedshareto", native_enum=False, create_constraint=True, length=40),
            nullable=False,
            comment="Who bears the share of payers out of scope",
        ),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column(
            "notice_days",
            sa.Integer(),
            nullable=False,
            comment="From a notice to the first day on which anything is due",
        ),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "admin_cap BETWEEN 0 AND 10000 AND reserve_cap BETWEEN 0 AND 10000", name=op.f("ck_fund_year_caps_range")
        ),
        sa.CheckConstraint("appeal_days >= 1 AND notice_days >= 0", name=op.f("ck_fund_year_days_range")),
        sa.CheckConstraint("instalments BETWEEN 1 AND 24", name=op.f("ck_fund_year_instalments_range")),
        sa.CheckConstraint(
            "threshold_cents >= 0 AND prior_cost_cents >= 0 AND medicaid_rate_cents >= 0",
            name=op.f("ck_fund_year_no_debts"),
        ),
        sa.ForeignKeyConstraint(["opened_by_id"], ["account.id"], name=op.f("fk_fund_year_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_year")),
        sa.UniqueConstraint("fiscal_year", name=op.f("uq_fund_year_fiscal_year")),
        comment="A fiscal year of the pooled fund and its choices; what was adopted is frozen in its allocation.",
    )
    op.create_table(
        "insurance_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "general_liability",
                "professional_liability",
                "workers_compensation",
                "cyber",
                name="insurancekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("insurer", sa.String(length=200), nullable=False),
        sa.Column("policy_number", sa.String(length=60), nullable=False),
        sa.Column("limit_cents", sa.BigInteger(), nullable=False, comment="Limit for each occurrence"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_insurance_policy_dates_in_order")),
        sa.CheckConstraint("limit_cents > 0", name=op.f("ck_insurance_policy_limit_positive")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_insurance_policy_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["insurance_policy.id"], name=op.f("fk_insurance_policy_supersedes_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_insurance_policy_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insurance_policy")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_insurance_policy_supersedes_id")),
        comment="An insurance that the contract asks for; a renewal is a row of its own, a correction supersedes.",
    )
    op.create_index(
        "ix_insurance_policy_vendor", "insurance_policy", ["vendor_id", "superseded_at", "ends_on"], unique=False
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "dph_administrator",
                "dph_reviewer",
                "fund_manager",
                "auditor",
                "vendor_hr",
                "practice_manager",
                "coordinator",
                "training_provider",
                "public",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["invited_by_id"], ["account.id"], name=op.f("fk_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_invitation_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        comment="An invitation by mail to open an account; the link's secret is kept only as a hash.",
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)
    op.create_index(op.f("ix_invitation_party_id"), "invitation", ["party_id"], unique=False)
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "voided_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a newer link or a new password made it void",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_password_reset_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
        comment="A single-use link to choose a new password.",
    )
    op.create_index(op.f("ix_password_reset_user_id"), "password_reset", ["user_id"], unique=False)
    op.create_table(
        "payer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "sort_name",
            sa.String(length=200),
            nullable=False,
            comment="Folded name that lists are ordered and paged by",
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "health_insurer",
                "hmo",
                "third_party_administrator",
                "self_insured_plan",
                name="payerkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attention", sa.String(length=200), nullable=False, comment="Who opens its notices"),
        sa.Column("address", sa.String(length=400), nullable=False, comment="Where its notices go, line by line"),
        sa.Column("successor_id", sa.Integer(), nullable=True, comment="Into whom it merged"),
        sa.Column("merged_on", sa.Date(), nullable=True, comment="First day on which the successor stands for it"),
        sa.Column("left_on", sa.Date(), nullable=True, comment="Last day in the market of Massachusetts"),
        sa.Column("registered_by_id", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(successor_id IS NULL) = (merged_on IS NULL)", name=op.f("ck_payer_merged_whole")),
        sa.CheckConstraint("successor_id IS NULL OR successor_id <> id", name=op.f("ck_payer_merged_elsewhere")),
        sa.ForeignKeyConstraint(["registered_by_id"], ["account.id"], name=op.f("fk_payer_registered_by_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["payer.id"], name=op.f("fk_payer_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer")),
        sa.UniqueConstraint("name", name=op.f("uq_payer_name")),
        comment="A private payer: an insurer, or an administrator that pays for the plans of its clients.",
    )
    op.create_index("ix_payer_sort", "payer", ["sort_name", "id"], unique=False)
    op.create_table(
        "practice_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column(
            "tier_1",
            sa.Integer(),
            nullable=False,
            comment="Children of tier 1 who need a coordinator, active ones included",
        ),
        sa.Column("tier_2", sa.Integer(), nullable=False),
        sa.Column("tier_3", sa.Integer(), nullable=False),
        sa.Column(
            "languages",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Percent of the families by ISO 639 code, without English",
        ),
        sa.Column(
            "reported_month_from",
            sa.Date(),
            nullable=True,
            comment="The month of the caseload reports that it was taken from; empty where it was typed",
        ),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "tier_1 >= 0 AND tier_2 >= 0 AND tier_3 >= 0", name=op.f("ck_practice_need_no_number_negative")
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_practice_need_practice_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_practice_need_recorded_by_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["practice_need.id"], name=op.f("fk_practice_need_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_need")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_practice_need_supersedes_id")),
        comment="The children for whom a practice asks for a coordinator, by tier, and the languages of their families.",
    )
    op.create_index(
        "uq_practice_need_standing",
        "practice_need",
        ["practice_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "practice_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address_line", sa.String(length=200), nullable=False),
        sa.Column("zip_code", sa.String(length=10), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("service_location", sa.String(length=20), nullable=True, comment="MassHealth PID/SL"),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("moved_from_id", sa.Integer(), nullable=True, comment="Where the same site was before it moved here"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "supersedes_id", sa.Integer(), nullable=True, comment="What was recorded wrongly about the same place"
        ),
        sa.ForeignKeyConstraint(["moved_from_id"], ["practice_site.id"], name=op.f("fk_practice_site_moved_from_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_practice_site_municipality_id")
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_practice_site_practice_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["practice_site.id"], name=op.f("fk_practice_site_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_site")),
        sa.UniqueConstraint("moved_from_id", name=op.f("uq_practice_site_moved_from_id")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_practice_site_supersedes_id")),
        comment="A place where a practice sees patients; corrections supersede, and a move opens another row.",
    )
    op.create_index(op.f("ix_practice_site_practice_id"), "practice_site", ["practice_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "vendor_id",
            sa.Integer(),
            nullable=True,
            comment="Whose coordinators are placed; empty for those of all vendors",
        ),
        sa.Column(
            "regions",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="The regions of the practices",
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "effort",
            sa.Enum("close", "closer", name="effort", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "most_miles",
            sa.Integer(),
            nullable=False,
            comment="No farther than this from the coordinator's municipality",
        ),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False, comment="Steps of the computation that are done"),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=True, comment="SHA-256 of all that the plan followed from"
        ),
        sa.Column(
            "inputs",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Weights, limits and counts that it came from",
        ),
        sa.Column(
            "regions_found",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="For each region need, room, placed and unmet, with the languages of what is unmet",
        ),
        sa.Column("cost", sa.Integer(), nullable=True, comment="Points of the whole plan; less is better"),
        sa.Column(
            "bound",
            sa.Integer(),
            nullable=True,
            comment="Points that no plan can go below, where the solver is installed",
        ),
        sa.Column(
            "accept_by_id",
            sa.Integer(),
            nullable=True,
            comment="Who asked for all open lines to be accepted, while the worker does it",
        ),
        sa.Column("accept_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "accept_problem",
            sa.Text(),
            nullable=True,
            comment="Why the worker could not go on accepting; what was accepted stays",
        ),
        sa.Column(
            "accept_region",
            sa.Enum(
                "western",
                "central",
                "northeast",
                "metro_west",
                "southeast",
                "boston",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="Only the lines of this region; empty for all",
        ),
        sa.CheckConstraint(
            "(accept_by_id IS NULL) = (accept_asked_at IS NULL)", name=op.f("ck_proposal_acceptance_whole")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_proposal_dates_in_order")),
        sa.CheckConstraint("finished_at IS NULL OR started_at IS NOT NULL", name=op.f("ck_proposal_instants_in_order")),
        sa.ForeignKeyConstraint(["accept_by_id"], ["account.id"], name=op.f("fk_proposal_accept_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_proposal_asked_by_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_proposal_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        comment="A plan that somebody asked for; the worker computes it from the records as they are then.",
    )
    op.create_index("ix_proposal_vendor", "proposal", ["vendor_id", "id"], unique=False)
    op.create_index(
        "ix_proposal_waiting",
        "proposal",
        ["id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL OR accept_asked_at IS NOT NULL"),
        sqlite_where=sa.text("finished_at IS NULL OR accept_asked_at IS NOT NULL"),
    )
    op.create_table(
        "provider_qualification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "unconditional",
                "with_corrective_action_plan",
                "conditional",
                "provisional",
                "limited",
                "exempt",
                "rejected",
                name="qualificationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False, comment="Date of the letter"),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_provider_qualification_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor_organization.id"], name=op.f("fk_provider_qualification_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_qualification")),
        comment="The yearly qualification status of a provider by EOHHS; the latest decision of a year counts.",
    )
    op.create_index(
        "ix_provider_qualification_vendor",
        "provider_qualification",
        ["vendor_id", "fiscal_year", "decided_on"],
        unique=False,
    )
    op.create_table(
        "record_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("absorbed_id", sa.Integer(), nullable=False),
        sa.Column(
            "taken",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="What was written on the two records themselves: by record and column the value before and after",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_reason", sa.Text(), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_record_merge_undone_whole")),
        sa.CheckConstraint("kept_id <> absorbed_id", name=op.f("ck_record_merge_of_two_records")),
        sa.ForeignKeyConstraint(["absorbed_id"], ["coordinator.id"], name=op.f("fk_record_merge_absorbed_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["coordinator.id"], name=op.f("fk_record_merge_kept_id")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["account.id"], name=op.f("fk_record_merge_merged_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["account.id"], name=op.f("fk_record_merge_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_merge")),
        comment="Which record of a person was absorbed by which other one; nothing is deleted, and it can be undone.",
    )
    op.create_index(op.f("ix_record_merge_kept_id"), "record_merge", ["kept_id"], unique=False)
    op.create_index(
        "uq_record_merge_absorbed",
        "record_merge",
        ["absorbed_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
        sqlite_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("obligation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False, comment="Days before the due date; negative after it"),
        sa.Column("send_on", sa.Date(), nullable=False, comment="The business day on which it goes out"),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "sent",
                "suppressed",
                "failed",
                name="reminderstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=True, comment="Why it was not sent"),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), nullable=True, comment="When it was sent, suppressed or given up"
        ),
        sa.CheckConstraint(
            "status <> 'suppressed' OR reason IS NOT NULL", name=op.f("ck_reminder_suppressed_has_reason")
        ),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligation.id"], name=op.f("fk_reminder_obligation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("obligation_id", "due_on", "step", name=op.f("uq_reminder_obligation_id_due_on_step")),
        comment="One step of the ladder for an obligation: planned, and what became of it. Never twice, by constraint.",
    )
    op.create_index("ix_reminder_planned", "reminder", ["status", "send_on", "id"], unique=False)
    op.create_table(
        "self_assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.String(length=20), nullable=False, comment="For example MHI-FV"),
        sa.Column("instrument_version", sa.Integer(), nullable=False, comment="Of our own words in data/instruments"),
        sa.Column(
            "licensed_copy",
            sa.String(length=200),
            nullable=False,
            comment="Where the practice keeps its licensed copy; the instrument's own text is not kept here",
        ),
        sa.Column(
            "consensus",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="The agreed score by theme, as far as they have come",
        ),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was closed with a result, or given up without",
        ),
        sa.ForeignKeyConstraint(["opened_by_id"], ["account.id"], name=op.f("fk_self_assessment_opened_by_id")),
        sa.ForeignKeyConstraint(["party_id"], ["practice.id"], name=op.f("fk_self_assessment_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_assessment")),
        comment="A practice's work on one self-assessment; what it came to is frozen in its result.",
    )
    op.create_index("ix_self_assessment_party", "self_assessment", ["party_id", "id"], unique=False)
    op.create_index(
        "uq_self_assessment_open",
        "self_assessment",
        ["party_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "standard_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "adopted", name="versionstatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column(
            "transition",
            sa.Enum(
                "by_submission",
                "from_next_renewal",
                "sunset",
                name="transition",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="From when it judges those who hold a credential",
        ),
        sa.Column("sunset_on", sa.Date(), nullable=True, comment="From this day on it judges everybody"),
        sa.Column(
            "definition",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Requirements, groups and term policy; see rules.standard_definition",
        ),
        sa.Column(
            "definition_hash", sa.String(length=64), nullable=False, comment="SHA-256 of the canonical definition"
        ),
        sa.Column("drafted_from_id", sa.Integer(), nullable=True),
        sa.Column("drafted_by_id", sa.Integer(), nullable=True, comment="Empty for a shipped one"),
        sa.Column("adopted_by_id", sa.Integer(), nullable=True, comment="Empty for a shipped one"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(sunset_on IS NOT NULL AND transition = 'sunset' AND sunset_on > effective_from) OR (sunset_on IS NULL AND (transition IS NULL OR transition <> 'sunset'))",
            name=op.f("ck_standard_version_sunset_has_its_date"),
        ),
        sa.CheckConstraint(
            "status = 'draft' OR (adopted_on IS NOT NULL AND effective_from IS NOT NULL AND transition IS NOT NULL)",
            name=op.f("ck_standard_version_adopted_has_dates"),
        ),
        sa.ForeignKeyConstraint(["adopted_by_id"], ["account.id"], name=op.f("fk_standard_version_adopted_by_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["account.id"], name=op.f("fk_standard_version_drafted_by_id")),
        sa.ForeignKeyConstraint(
            ["drafted_from_id"], ["standard_version.id"], name=op.f("fk_standard_version_drafted_from_id")
        ),
        sa.ForeignKeyConstraint(["standard_id"], ["standard_set.id"], name=op.f("fk_standard_version_standard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_version")),
        sa.UniqueConstraint("standard_id", "version", name=op.f("uq_standard_version_standard_id_version")),
        comment="One version of a standard; the whole row is frozen at adoption.",
    )
    op.create_index(
        "uq_standard_version_draft",
        "standard_version",
        ["standard_id"],
        unique=True,
        postgresql_where=sa.text("status = 'draft'"),
        sqlite_where=sa.text("status = 'draft'"),
    )
    op.create_table(
        "status_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "probation",
                "nd_condition",
                "nd_restriction",
                "suspended",
                "summary_suspension",
                "revoked",
                "surrendered",
                "void",
                "deceased",
                "retired",
                name="statuseventkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="Last day, inclusive; empty while it lasts"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("citation", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= effective_on", name=op.f("ck_status_event_dates_in_order")),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_status_event_credential_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_status_event_recorded_by_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["status_event.id"], name=op.f("fk_status_event_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_event")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_status_event_supersedes_id")),
        comment="Something that happened to a credential: probation, suspension, surrender ... with its dates.",
    )
    op.create_index("ix_status_event_credential", "status_event", ["credential_id", "effective_on"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False, comment="The organization that handles it"),
        sa.Column("party_id", sa.Integer(), nullable=False, comment="Whom it is about"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes"),
        sa.Column(
            "media_type",
            sa.String(length=100),
            nullable=False,
            comment="Sniffed from the bytes, never taken from the browser",
        ),
        sa.Column("original_name", sa.String(length=200), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["party.id"], name=op.f("fk_stored_file_owner_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_stored_file_party_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["account.id"], name=op.f("fk_stored_file_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        comment="A file that somebody provided, kept by its SHA-256; the name is only what the person called it.",
    )
    op.create_index(op.f("ix_stored_file_owner_id"), "stored_file", ["owner_id"], unique=False)
    op.create_index(op.f("ix_stored_file_party_id"), "stored_file", ["party_id"], unique=False)
    op.create_index(op.f("ix_stored_file_sha256"), "stored_file", ["sha256"], unique=False)
    op.create_table(
        "told_apart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="How it is known that these are two people"),
        sa.Column("told_by_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_reason", sa.Text(), nullable=False),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name=op.f("ck_told_apart_taken_back_whole")
        ),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_told_apart_smaller_first")),
        sa.ForeignKeyConstraint(["one_id"], ["coordinator.id"], name=op.f("fk_told_apart_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["coordinator.id"], name=op.f("fk_told_apart_other_id")),
        sa.ForeignKeyConstraint(["taken_back_by_id"], ["account.id"], name=op.f("fk_told_apart_taken_back_by_id")),
        sa.ForeignKeyConstraint(["told_by_id"], ["account.id"], name=op.f("fk_told_apart_told_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_apart")),
        comment="Two records that look alike and were found to be of two people; it can be taken back.",
    )
    op.create_index(op.f("ix_told_apart_other_id"), "told_apart", ["other_id"], unique=False)
    op.create_index(
        "uq_told_apart_pair",
        "told_apart",
        ["one_id", "other_id"],
        unique=True,
        postgresql_where=sa.text("taken_back_at IS NULL"),
        sqlite_where=sa.text("taken_back_at IS NULL"),
    )
    op.create_table(
        "training_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "vendor_id",
            sa.Integer(),
            nullable=True,
            comment="The vendor whose people it is about; empty for a file of DPH",
        ),
        sa.Column(
            "sha256",
            sa.String(length=64),
            nullable=False,
            comment="The bytes in the file store; it is about many people and so on nobody's list of files",
        ),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column(
            "is_long",
            sa.Boolean(),
            nullable=False,
            comment="Too many rows to be worked on while somebody waits for the page",
        ),
        sa.Column(
            "status",
            sa.Enum(
                "uploaded",
                "checked",
                "applied",
                "undone",
                "discarded",
                name="trainingimportstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "layout",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
            comment="The layout that it was checked by",
        ),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column(
            "counts",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Rows by what becomes of them",
        ),
        sa.Column(
            "report",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="What the check found in the whole file, by column",
        ),
        sa.Column(
            "settled_through",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Training entries up to this number were on file when it was checked",
        ),
        sa.Column(
            "leave_out",
            sa.Boolean(),
            nullable=False,
            comment="Somebody chose to import what is right and to leave out the rest",
        ),
        sa.Column("undo_reason", sa.Text(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "work",
            sa.Enum("check", "import", "undo", name="importwork", native_enum=False, create_constraint=True, length=40),
            nullable=True,
            comment="What waits for the worker, or is under way",
        ),
        sa.Column("work_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("work_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("work_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False, comment="Rows that the work under way is through with"),
        sa.Column("problem", sa.Text(), nullable=False, comment="Why the last work was not done, as a sentence"),
        sa.CheckConstraint(
            "status <> 'applied' OR applied_at IS NOT NULL", name=op.f("ck_training_import_applied_has_date")
        ),
        sa.CheckConstraint(
            "status <> 'undone' OR undone_at IS NOT NULL", name=op.f("ck_training_import_undone_has_date")
        ),
        sa.CheckConstraint("(work IS NULL) = (work_asked_at IS NULL)", name=op.f("ck_training_import_work_whole")),
        sa.ForeignKeyConstraint(["applied_by_id"], ["account.id"], name=op.f("fk_training_import_applied_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["account.id"], name=op.f("fk_training_import_undone_by_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["account.id"], name=op.f("fk_training_import_uploaded_by_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_training_import_vendor_id")),
        sa.ForeignKeyConstraint(["work_asked_by_id"], ["account.id"], name=op.f("fk_training_import_work_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_import")),
        comment="A file of training completions with what the check of it found, and how far the work on it is.",
    )
    op.create_index("ix_training_import_vendor", "training_import", ["vendor_id", "id"], unique=False)
    op.create_index(
        "ix_training_import_work",
        "training_import",
        ["id"],
        unique=False,
        postgresql_where=sa.text("work IS NOT NULL"),
        sqlite_where=sa.text("work IS NOT NULL"),
    )
    op.create_table(
        "training_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True, comment="Empty for one that DPH saved"),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "headings",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="The keys of all columns of the file that it was saved for",
        ),
        sa.Column(
            "layout",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Columns, order of dates, unit of hours, words for categories",
        ),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["saved_by_id"], ["account.id"], name=op.f("fk_training_mapping_saved_by_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_training_mapping_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_mapping")),
        comment="How the files of another system are laid out, saved by a vendor or by DPH under a name.",
    )
    op.create_index(
        "uq_training_mapping_dph_name",
        "training_mapping",
        ["name"],
        unique=True,
        postgresql_where=sa.text("vendor_id IS NULL"),
        sqlite_where=sa.text("vendor_id IS NULL"),
    )
    op.create_index(
        "uq_training_mapping_vendor_name",
        "training_mapping",
        ["vendor_id", "name"],
        unique=True,
        postgresql_where=sa.text("vendor_id IS NOT NULL"),
        sqlite_where=sa.text("vendor_id IS NOT NULL"),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False, comment="IP address at sign-in"),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
        comment="A signed-in browser; ending the row signs it out wherever it is.",
    )
    op.create_index("ix_user_session_user", "user_session", ["user_id", "ended_at"], unique=False)
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standard_version_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("convening_id", sa.Integer(), nullable=True),
        sa.Column(
            "news",
            sa.Enum(
                "invitation",
                "other_region",
                "change",
                "cancellation",
                name="meetingnews",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="What the letters about a meeting tell",
        ),
        sa.Column(
            "before",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=True,
            comment="When and where a meeting was before the change",
        ),
        sa.Column("of_revocation", sa.Boolean(), nullable=False, comment="About the end of the order"),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False, comment="Letters to write, counted when they were asked for"),
        sa.Column("done", sa.Integer(), nullable=False, comment="Letters written so far"),
        sa.Column(
            "last_recipient",
            sa.String(length=254),
            nullable=False,
            comment="The address that was written to last; they come in order",
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(before IS NOT NULL) = (news IS NOT NULL AND news = 'change')",
            name=op.f("ck_announcement_change_of_something"),
        ),
        sa.CheckConstraint("(news IS NULL) = (convening_id IS NULL)", name=op.f("ck_announcement_news_of_meeting")),
        sa.CheckConstraint(
            "CASE WHEN standard_version_id IS NULL THEN 0 ELSE 1 END + CASE WHEN order_id IS NULL THEN 0 ELSE 1 END + CASE WHEN convening_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_announcement_of_one_event"),
        ),
        sa.CheckConstraint(
            "NOT of_revocation OR order_id IS NOT NULL", name=op.f("ck_announcement_revocation_of_order")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_announcement_asked_by_id")),
        sa.ForeignKeyConstraint(["convening_id"], ["convening.id"], name=op.f("fk_announcement_convening_id")),
        sa.ForeignKeyConstraint(["order_id"], ["board_order.id"], name=op.f("fk_announcement_order_id")),
        sa.ForeignKeyConstraint(
            ["standard_version_id"], ["standard_version.id"], name=op.f("fk_announcement_standard_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("standard_version_id", name=op.f("uq_announcement_standard_version_id")),
        comment="Letters about a new version, an order or its revocation, at most one of each, or about news of a meeting.",
    )
    op.create_index("ix_announcement_convening", "announcement", ["convening_id", "news", "id"], unique=False)
    op.create_index(
        "ix_announcement_waiting",
        "announcement",
        ["id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
        sqlite_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "uq_announcement_inviting",
        "announcement",
        ["convening_id"],
        unique=True,
        postgresql_where=sa.text("news = 'invitation' AND finished_at IS NULL"),
        sqlite_where=sa.text("news = 'invitation' AND finished_at IS NULL"),
    )
    op.create_index(
        "uq_announcement_order",
        "announcement",
        ["order_id", "of_revocation"],
        unique=True,
        postgresql_where=sa.text("order_id IS NOT NULL"),
        sqlite_where=sa.text("order_id IS NOT NULL"),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column(
            "owner_id",
            sa.Integer(),
            nullable=False,
            comment="The organization that handles it: the vendor for a coordinator, else the party itself",
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "initial",
                "renewal",
                "reinstatement",
                name="applicationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "incomplete",
                "under_review",
                "recommended",
                "approved",
                "denied",
                "withdrawn",
                "expired",
                name="applicationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column(
            "standard_version_id",
            sa.Integer(),
            nullable=True,
            comment="The version in force on the day of submission; fixed from then on",
        ),
        sa.Column("credential_id", sa.Integer(), nullable=True, comment="What is renewed or reinstated"),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "submitted_on",
            sa.Date(),
            nullable=True,
            comment="Agency date of submission: decides version and timeliness",
        ),
        sa.Column(
            "complete_at", sa.DateTime(timezone=True), nullable=True, comment="When the completeness check passed"
        ),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column(
            "with_applicant_from",
            sa.Date(),
            nullable=True,
            comment="Since when the next step is the applicant's; one that is left alone for too long is closed",
        ),
        sa.Column("stage_from", sa.Date(), nullable=False, comment="Agency date on which it came into its status"),
        sa.Column(
            "due_on",
            sa.Date(),
            nullable=True,
            comment="By when DPH is to take the next step, by its service goals; empty while it is not DPH's turn",
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "closed_on", sa.Date(), nullable=True, comment="Agency date on which it was decided, withdrawn or expired"
        ),
        sa.CheckConstraint(
            "status IN ('draft','withdrawn','expired') OR submitted_at IS NOT NULL",
            name=op.f("ck_application_submitted_has_date"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('approved','denied') OR closed_on IS NOT NULL", name=op.f("ck_application_decided_has_date")
        ),
        sa.CheckConstraint(
            "status NOT IN ('submitted','under_review','recommended') OR due_on IS NOT NULL",
            name=op.f("ck_application_with_dph_is_due"),
        ),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (submitted_on IS NULL)", name=op.f("ck_application_submitted_whole")
        ),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_application_credential_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["account.id"], name=op.f("fk_application_opened_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["party.id"], name=op.f("fk_application_owner_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_application_party_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_application_reviewer_id")),
        sa.ForeignKeyConstraint(["standard_id"], ["standard_set.id"], name=op.f("fk_application_standard_id")),
        sa.ForeignKeyConstraint(
            ["standard_version_id"], ["standard_version.id"], name=op.f("fk_application_standard_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        comment="A request to be certified, renewed or reinstated under a standard.",
    )
    op.create_index("ix_application_closed", "application", ["closed_on", "credential_id"], unique=False)
    op.create_index("ix_application_credential", "application", ["credential_id", "submitted_on"], unique=False)
    op.create_index("ix_application_due", "application", ["status", "due_on", "id"], unique=False)
    op.create_index("ix_application_owner", "application", ["owner_id", "id"], unique=False)
    op.create_index(op.f("ix_application_party_id"), "application", ["party_id"], unique=False)
    op.create_index("ix_application_queue", "application", ["status", "id"], unique=False)
    op.create_index("ix_application_reviewer", "application", ["reviewer_id", "status"], unique=False)
    op.create_index(
        "uq_application_open",
        "application",
        ["party_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('draft','submitted','incomplete','under_review','recommended')"),
        sqlite_where=sa.text("status IN ('draft','submitted','incomplete','under_review','recommended')"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column(
            "vendor_id",
            sa.Integer(),
            nullable=False,
            comment="The contract's vendor, kept here so that lists find it by index",
        ),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column(
            "places", sa.Integer(), nullable=True, comment="Children of the practice that the coordinator has room for"
        ),
        sa.Column(
            "share_percent",
            sa.Integer(),
            nullable=True,
            comment="Percent of a full-time week, where places are not told",
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column(
            "ends_on", sa.Date(), nullable=True, comment="Last day, inclusive; empty while all that it hangs on holds"
        ),
        sa.Column(
            "over_capacity_reason",
            sa.String(length=500),
            nullable=True,
            comment="Why DPH let it pass the coordinator's capacity; empty for most",
        ),
        sa.Column(
            "broken_links_reason",
            sa.String(length=500),
            nullable=True,
            comment="Why DPH corrected it to days on which something does not hold; empty for most",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(places IS NULL) <> (share_percent IS NULL)", name=op.f("ck_assignment_places_or_share")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_assignment_dates_in_order")),
        sa.CheckConstraint("places IS NULL OR places > 0", name=op.f("ck_assignment_places_range")),
        sa.CheckConstraint(
            "share_percent IS NULL OR share_percent BETWEEN 1 AND 100", name=op.f("ck_assignment_share_range")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_assignment_contract_id")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_assignment_coordinator_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_assignment_practice_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["assignment.id"], name=op.f("fk_assignment_supersedes_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_assignment_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_assignment_supersedes_id")),
        comment="A coordinator placed in a practice by a vendor under a contract, for some places or a share of the week.",
    )
    op.create_index(op.f("ix_assignment_contract_id"), "assignment", ["contract_id"], unique=False)
    op.create_index(op.f("ix_assignment_coordinator_id"), "assignment", ["coordinator_id"], unique=False)
    op.create_index(op.f("ix_assignment_practice_id"), "assignment", ["practice_id"], unique=False)
    op.create_index("ix_assignment_vendor_open", "assignment", ["vendor_id", "superseded_at", "ends_on"], unique=False)
    op.create_table(
        "caseload_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False, comment="Active on the last day of the month"),
        sa.Column("tier_1", sa.Integer(), nullable=False),
        sa.Column("tier_2", sa.Integer(), nullable=False),
        sa.Column("tier_3", sa.Integer(), nullable=False),
        sa.Column("first_month_1", sa.Integer(), nullable=False, comment="Of tier 1 those in their first month"),
        sa.Column("first_month_2", sa.Integer(), nullable=False),
        sa.Column("first_month_3", sa.Integer(), nullable=False),
        sa.Column("admissions", sa.Integer(), nullable=False),
        sa.Column("closures", sa.Integer(), nullable=False),
        sa.Column("families", sa.Integer(), nullable=False, comment="Active families"),
        sa.Column(
            "contacted", sa.Integer(), nullable=False, comment="Families contacted, or tried, in the last 90 days"
        ),
        sa.Column("encounters", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "first_month_1 <= tier_1 AND first_month_2 <= tier_2 AND first_month_3 <= tier_3",
            name=op.f("ck_caseload_line_new_are_active"),
        ),
        sa.CheckConstraint(
            "first_month_1 >= 0 AND first_month_2 >= 0 AND first_month_3 >= 0 AND admissions >= 0 AND closures >= 0 AND families >= 0 AND contacted >= 0 AND encounters >= 0",
            name=op.f("ck_caseload_line_no_number_negative"),
        ),
        sa.CheckConstraint("tier_1 + tier_2 + tier_3 = children", name=op.f("ck_caseload_line_tiers_add_up")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_caseload_line_coordinator_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_caseload_line_practice_id")),
        sa.ForeignKeyConstraint(["report_id"], ["caseload_report.id"], name=op.f("fk_caseload_line_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload_line")),
        sa.UniqueConstraint(
            "report_id",
            "coordinator_id",
            "practice_id",
            name=op.f("uq_caseload_line_report_id_coordinator_id_practice_id"),
        ),
        comment="The numbers of one coordinator at one practice in a filed report; never changed.",
    )
    op.create_index("ix_caseload_line_coordinator", "caseload_line", ["coordinator_id", "report_id"], unique=False)
    op.create_index(op.f("ix_caseload_line_practice_id"), "caseload_line", ["practice_id"], unique=False)
    op.create_table(
        "caseload_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("month_from", sa.Date(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column(
            "about",
            sa.Enum(
                "no_assignment",
                "no_line",
                "flow",
                "cap",
                "capacity",
                "places",
                "first_month",
                "contacts",
                "sudden",
                "no_encounters",
                "scope",
                name="check",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sentence", sa.Text(), nullable=False, comment="As CertHub asked it"),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "accepted",
                "corrected",
                name="questionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_caseload_question_coordinator_id")
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_caseload_question_practice_id")),
        sa.ForeignKeyConstraint(["report_id"], ["caseload_report.id"], name=op.f("fk_caseload_question_report_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_caseload_question_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload_question")),
        comment="Something in a filed report that does not fit; the vendor answers or corrects, DPH accepts or asks again.",
    )
    op.create_index(op.f("ix_caseload_question_coordinator_id"), "caseload_question", ["coordinator_id"], unique=False)
    op.create_index(op.f("ix_caseload_question_report_id"), "caseload_question", ["report_id"], unique=False)
    op.create_index("ix_caseload_question_vendor", "caseload_question", ["vendor_id", "month_from", "id"], unique=False)
    op.create_index(
        "ix_caseload_question_waiting",
        "caseload_question",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'answered')"),
        sqlite_where=sa.text("state IN ('open', 'answered')"),
    )
    op.create_table(
        "contract_amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, 3 ... within the contract"),
        sa.Column(
            "kind",
            sa.Enum("standard", "option", name="amendmentkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="What changes and why, in words"),
        sa.Column("scope", sa.Text(), nullable=True, comment="The performance from then on, where it changes"),
        sa.Column(
            "start_rule",
            sa.Enum(
                "signatures",
                "later_date",
                "earlier_date",
                name="startrule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("ends_before_on", sa.Date(), nullable=False, comment="Last day of the contract before the amendment"),
        sa.Column(
            "new_ends_on", sa.Date(), nullable=True, comment="Last day of the contract after it, where it changes"
        ),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("effective_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'option' OR new_ends_on IS NOT NULL", name=op.f("ck_contract_amendment_option_extends")
        ),
        sa.CheckConstraint(
            "start_rule = 'signatures' OR start_on IS NOT NULL", name=op.f("ck_contract_amendment_start_named")
        ),
        sa.CheckConstraint(
            "(executed_at IS NULL) = (effective_on IS NULL)", name=op.f("ck_contract_amendment_executed_whole")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_amendment_contract_id")),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["account.id"], name=op.f("fk_contract_amendment_drafted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_amendment")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_contract_amendment_contract_id_number")),
        comment="A change of a contract that both sign before obligations are incurred under it; frozen when executed.",
    )
    op.create_table(
        "contract_document_id",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_document_id_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_document_id")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_contract_document_id_contract_id_number")),
        comment="A further document in the state's accounting system that belongs to a contract, such as an encumbrance.",
    )
    op.create_table(
        "convening_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("convening_id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("is_coming", sa.Boolean(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False, comment="The person, or an employer for them"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["convening_id"], ["convening.id"], name=op.f("fk_convening_answer_convening_id")),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_convening_answer_coordinator_id")
        ),
        sa.ForeignKeyConstraint(["given_by_id"], ["account.id"], name=op.f("fk_convening_answer_given_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convening_answer")),
        comment="Whether somebody comes to a meeting; the latest answer counts, and none is ever changed.",
    )
    op.create_index(op.f("ix_convening_answer_convening_id"), "convening_answer", ["convening_id"], unique=False)
    op.create_index(
        "ix_convening_answer_person", "convening_answer", ["coordinator_id", "convening_id", "id"], unique=False
    )
    op.create_table(
        "convening_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("convening_id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["convening_id"], ["convening.id"], name=op.f("fk_convening_attendance_convening_id")),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_convening_attendance_coordinator_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_convening_attendance_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["convening_attendance.id"], name=op.f("fk_convening_attendance_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convening_attendance")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_convening_attendance_supersedes_id")),
        comment="Whether somebody was at a meeting, as DPH recorded it; a correction is a row that supersedes.",
    )
    op.create_index(
        "ix_convening_attendance_person", "convening_attendance", ["coordinator_id", "convening_id"], unique=False
    )
    op.create_index(
        "uq_convening_attendance_first",
        "convening_attendance",
        ["convening_id", "coordinator_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "convening_invitation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("convening_id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column(
            "sequence", sa.Integer(), nullable=False, comment="The number of the meeting that the letter told of"
        ),
        sa.Column("taken_back", sa.Boolean(), nullable=False, comment="The meeting is for another region now"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_convening_invitation_sequence_counts_up")),
        sa.ForeignKeyConstraint(["convening_id"], ["convening.id"], name=op.f("fk_convening_invitation_convening_id")),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_convening_invitation_coordinator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convening_invitation")),
        comment="That somebody was invited to a meeting, or is not meant any more; the latest row of a person counts.",
    )
    op.create_index(
        "ix_convening_invitation_person", "convening_invitation", ["convening_id", "coordinator_id", "id"], unique=False
    )
    op.create_table(
        "convening_theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("convening_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "said", sa.Text(), nullable=False, comment="What was said, without any detail of a child or a family"
        ),
        sa.Column(
            "domain", sa.String(length=10), nullable=False, comment="One of the six domains of the national standards"
        ),
        sa.Column(
            "region",
            sa.Enum(
                "western",
                "central",
                "northeast",
                "metro_west",
                "southeast",
                "boston",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="Where it happens; empty for the whole state",
        ),
        sa.Column(
            "raised_by_count", sa.Integer(), nullable=False, comment="How many people raised it; nobody is named"
        ),
        sa.Column("evidence", sa.Text(), nullable=False, comment="Figures or reports that show it"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, comment="This row only strikes the one it supersedes"),
        sa.CheckConstraint(
            "NOT withdrawn OR supersedes_id IS NOT NULL", name=op.f("ck_convening_theme_withdraws_something")
        ),
        sa.CheckConstraint("raised_by_count >= 1", name=op.f("ck_convening_theme_somebody_raised_it")),
        sa.ForeignKeyConstraint(["convening_id"], ["convening.id"], name=op.f("fk_convening_theme_convening_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_convening_theme_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["convening_theme.id"], name=op.f("fk_convening_theme_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convening_theme")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_convening_theme_supersedes_id")),
        comment="A problem of the system that coordinators raised at a meeting; a correction is a row that supersedes.",
    )
    op.create_index("ix_convening_theme_convening", "convening_theme", ["convening_id", "id"], unique=False)
    op.create_index("ix_convening_theme_domain", "convening_theme", ["domain", "region"], unique=False)
    op.create_table(
        "convening_topic",
        sa.Column("convening_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["convening_id"], ["convening.id"], name=op.f("fk_convening_topic_convening_id")),
        sa.PrimaryKeyConstraint("convening_id", "position", name=op.f("pk_convening_topic")),
        comment="One item of the agenda, in the order of the meeting.",
    )
    op.create_table(
        "course_hours",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="60 minutes are one contact hour"),
        sa.CheckConstraint("minutes > 0 AND minutes <= 24000", name=op.f("ck_course_hours_minutes_range")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_hours_course_id")),
        sa.PrimaryKeyConstraint("course_id", "category", name=op.f("pk_course_hours")),
        comment="Contact minutes of one category that a course gives.",
    )
    op.create_table(
        "course_language",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False, comment="ISO 639 code"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_language_course_id")),
        sa.PrimaryKeyConstraint("course_id", "code", name=op.f("pk_course_language")),
        comment="A language in which a course is given.",
    )
    op.create_table(
        "course_prerequisite",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("needs_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("course_id <> needs_id", name=op.f("ck_course_prerequisite_not_itself")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_prerequisite_course_id")),
        sa.ForeignKeyConstraint(["needs_id"], ["course.id"], name=op.f("fk_course_prerequisite_needs_id")),
        sa.PrimaryKeyConstraint("course_id", "needs_id", name=op.f("pk_course_prerequisite")),
        comment="A course that has to be finished before another one.",
    )
    op.create_index(op.f("ix_course_prerequisite_needs_id"), "course_prerequisite", ["needs_id"], unique=False)
    op.create_table(
        "course_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False, comment="When the first meeting starts"),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False, comment="When the last meeting ends"),
        sa.Column(
            "places_until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Until when places are given and given up: the first meeting, or the end of a period at one's own pace",
        ),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False, comment="Shown to those who have a seat only"),
        sa.Column("language", sa.String(length=8), nullable=False, comment="ISO 639 code"),
        sa.Column("trainers", sa.String(length=300), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False, comment="What participants should know or bring"),
        sa.Column("seats", sa.Integer(), nullable=False, comment="As many as there are rows of course_session_seat"),
        sa.Column("enrol_until", sa.Date(), nullable=False, comment="Last day on which one can enrol"),
        sa.Column(
            "withdraw_until",
            sa.Date(),
            nullable=False,
            comment="Last day on which one can withdraw without asking the trainer",
        ),
        sa.Column("calendar_uid", sa.String(length=80), nullable=False),
        sa.Column(
            "calendar_sequence",
            sa.Integer(),
            nullable=False,
            comment="Rises with each change of time, place, title or state",
        ),
        sa.Column(
            "changed_at", sa.DateTime(timezone=True), nullable=False, comment="When the calendar entry last changed"
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_because", sa.String(length=500), nullable=False),
        sa.Column(
            "closed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When attendance was settled and hours were entered",
        ),
        sa.Column(
            "terms",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
            comment="What the course gave and asked for when attendance was first noted; a later change changes nothing",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_because = '')", name=op.f("ck_course_session_cancelled_with_reason")
        ),
        sa.CheckConstraint(
            "cancelled_at IS NULL OR closed_at IS NULL", name=op.f("ck_course_session_cancelled_or_held")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_course_session_times_in_order")),
        sa.CheckConstraint("seats BETWEEN 1 AND 2000", name=op.f("ck_course_session_seats_range")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_session_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_session")),
        sa.UniqueConstraint("calendar_uid", name=op.f("uq_course_session_calendar_uid")),
        comment="A course that is given once: its meetings, its seats, and until when one can enrol.",
    )
    op.create_index("ix_course_session_course", "course_session", ["course_id", "places_until"], unique=False)
    op.create_index("ix_course_session_places", "course_session", ["places_until", "id"], unique=False)
    op.create_table(
        "course_tag",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_tag_course_id")),
        sa.PrimaryKeyConstraint("course_id", "tag", name=op.f("pk_course_tag")),
        comment="A core competency or a domain of the national standards that a course covers.",
    )
    op.create_index(op.f("ix_course_tag_tag"), "course_tag", ["tag"], unique=False)
    op.create_table(
        "debarment_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False, comment="The list that was searched"),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False, comment="Whether the vendor was found on the list"),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_debarment_check_contract_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_debarment_check_recorded_by_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_debarment_check_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debarment_check")),
        comment="One look at a list of debarred contractors before an award or a renewal; never changed (M.G.L. c.29 s.29F).",
    )
    op.create_index(op.f("ix_debarment_check_contract_id"), "debarment_check", ["contract_id"], unique=False)
    op.create_index("ix_debarment_check_vendor", "debarment_check", ["vendor_id", "checked_on"], unique=False)
    op.create_table(
        "employer_change_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("consents", sa.Boolean(), nullable=False),
        sa.Column(
            "signed_name",
            sa.String(length=200),
            nullable=False,
            comment="As typed in place of a signature (M.G.L. c.110G)",
        ),
        sa.Column("text_id", sa.String(length=60), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column(
            "text_sha256", sa.String(length=64), nullable=False, comment="Hash of the text that was shown and signed"
        ),
        sa.Column("address", sa.String(length=45), nullable=False, comment="IP address from which the answer was sent"),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["employer_change.id"], name=op.f("fk_employer_change_answer_change_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["coordinator.id"], name=op.f("fk_employer_change_answer_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_change_answer")),
        sa.UniqueConstraint("change_id", name=op.f("uq_employer_change_answer_change_id")),
        comment="The person's answer and how it was signed; never changed.",
    )
    op.create_table(
        "employer_change_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["employer_change.id"], name=op.f("fk_employer_change_link_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_change_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_employer_change_link_token_hash")),
        comment="The link in the letter to a person without an account; only its hash is kept.",
    )
    op.create_index(op.f("ix_employer_change_link_change_id"), "employer_change_link", ["change_id"], unique=False)
    op.create_table(
        "employer_change_practice",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["employer_change.id"], name=op.f("fk_employer_change_practice_change_id")
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_employer_change_practice_practice_id")),
        sa.PrimaryKeyConstraint("change_id", "practice_id", name=op.f("pk_employer_change_practice")),
        comment="A practice at which the person is to go on, for the new vendor, in case the person works there.",
    )
    op.create_table(
        "fund_allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column(
            "inputs",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Choices, lines, units and bases",
        ),
        sa.Column("fingerprint", sa.String(length=64), nullable=False, comment="SHA-256 of the inputs"),
        sa.Column(
            "steps",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="The steps as their pages show them",
        ),
        sa.Column("need_cents", sa.BigInteger(), nullable=False),
        sa.Column("private_cents", sa.BigInteger(), nullable=False, comment="Assessed to private payers together"),
        sa.Column("federal_cents", sa.BigInteger(), nullable=False),
        sa.Column("match_cents", sa.BigInteger(), nullable=False),
        sa.Column("state_cents", sa.BigInteger(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why an earlier one is replaced"),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("adopted_by_id", sa.Integer(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["adopted_by_id"], ["account.id"], name=op.f("fk_fund_allocation_adopted_by_id")),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_fund_allocation_fund_year_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["fund_allocation.id"], name=op.f("fk_fund_allocation_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_allocation")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_fund_allocation_supersedes_id")),
        comment="Steps 1 to 5 as they were adopted, with everything that they rest on; a later one supersedes it.",
    )
    op.create_index("ix_fund_allocation_year", "fund_allocation", ["fund_year_id", "id"], unique=False)
    op.create_index(
        "uq_fund_allocation_first",
        "fund_allocation",
        ["fund_year_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "fund_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "contract",
                "administration",
                "reserve",
                "earmarked",
                "carry",
                name="linekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False, comment="Where the amount comes from"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True, comment="Since when it does not count"),
        sa.CheckConstraint("kind = 'carry' OR cents >= 0", name=op.f("ck_fund_line_only_a_carry_is_negative")),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_fund_line_fund_year_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_fund_line_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_line")),
        comment="A line of a year's need, entered by hand; taken out, it stays on file.",
    )
    op.create_index("ix_fund_line_year", "fund_line", ["fund_year_id", "id"], unique=False)
    op.create_table(
        "fund_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "federal",
                "match",
                "state",
                "other",
                "advance",
                "repayment",
                "administration",
                name="movementkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False, comment="When the money came in or went out"),
        sa.Column(
            "reference",
            sa.String(length=200),
            nullable=False,
            comment="Number of the transfer, award or payment document",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it is reversed"),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reverses_id IS NULL OR reason <> ''", name=op.f("ck_fund_movement_reversed_with_reason")),
        sa.CheckConstraint("cents > 0", name=op.f("ck_fund_movement_cents_above_zero")),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_fund_movement_fund_year_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_fund_movement_recorded_by_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["fund_movement.id"], name=op.f("fk_fund_movement_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_movement")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_fund_movement_reverses_id")),
        comment="Money that came into the fund besides what payers pay, or went out besides what vendors are paid.",
    )
    op.create_index("ix_fund_movement_year", "fund_movement", ["fund_year_id", "id"], unique=False)
    op.create_table(
        "fund_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "payment",
                "reversal",
                "refund",
                "transfer",
                name="paymentkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "cents",
            sa.BigInteger(),
            nullable=False,
            comment="Above zero for money that came in, below for what went out",
        ),
        sa.Column("happened_on", sa.Date(), nullable=False, comment="When the money came in or went out"),
        sa.Column("reference", sa.String(length=200), nullable=False, comment="Number of the cheque or transfer"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("other_payer_id", sa.Integer(), nullable=True, comment="From or to whose account a transfer is"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'payment' AND cents > 0) OR (kind = 'refund' AND cents < 0) OR (kind IN ('reversal', 'transfer') AND cents <> 0)",
            name=op.f("ck_fund_payment_in_or_out"),
        ),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_fund_payment_reversal_of_a_payment")
        ),
        sa.CheckConstraint(
            "(kind = 'transfer') = (other_payer_id IS NOT NULL)", name=op.f("ck_fund_payment_transfer_has_other")
        ),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_fund_payment_fund_year_id")),
        sa.ForeignKeyConstraint(["other_payer_id"], ["payer.id"], name=op.f("fk_fund_payment_other_payer_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_fund_payment_payer_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_fund_payment_recorded_by_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["fund_payment.id"], name=op.f("fk_fund_payment_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_payment")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_fund_payment_reverses_id")),
        comment="Money paid in, paid back, or taken along in a merger; or the reversal of a payment or refund: a row for each.",
    )
    op.create_index("ix_fund_payment_account", "fund_payment", ["fund_year_id", "payer_id", "id"], unique=False)
    op.create_table(
        "fund_referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="Of the instalment"),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("referred_to", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_fund_referral_fund_year_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_fund_referral_payer_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_fund_referral_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_referral")),
        sa.UniqueConstraint(
            "fund_year_id", "payer_id", "number", name=op.f("uq_fund_referral_fund_year_id_payer_id_number")
        ),
        comment="That an overdue instalment was handed to whoever collects it.",
    )
    op.create_table(
        "fund_true_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("pool", "payer", name="trueupmode", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("cost_cents", sa.BigInteger(), nullable=False, comment="Actual cost of the year"),
        sa.Column("earmarked_cents", sa.BigInteger(), nullable=False, comment="Earmarked money that was used"),
        sa.Column(
            "carried_cents", sa.BigInteger(), nullable=False, comment="Carry of the year before, as it stood then"
        ),
        sa.Column("cost_source", sa.String(length=200), nullable=False),
        sa.Column(
            "inputs", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("fingerprint", sa.String(length=64), nullable=False, comment="SHA-256 of what the outcome rests on"),
        sa.Column(
            "steps", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "private_cents", sa.BigInteger(), nullable=False, comment="Private part of the over- or under-collection"
        ),
        sa.Column("medicaid_cents", sa.BigInteger(), nullable=False),
        sa.Column("state_cents", sa.BigInteger(), nullable=False),
        sa.Column("carry_cents", sa.BigInteger(), nullable=False, comment="Enters the need of the next year"),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column(
            "gaps",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="What was not counted, so that what was foreseen counts",
        ),
        sa.Column("gaps_reason", sa.Text(), nullable=False, comment="Why it was recorded all the same"),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why an earlier one is replaced"),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_fund_true_up_fund_year_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_fund_true_up_recorded_by_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["fund_true_up.id"], name=op.f("fk_fund_true_up_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_true_up")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_fund_true_up_supersedes_id")),
        comment="The true-up of a year as it was recorded; after a reopening a later one supersedes it.",
    )
    op.create_index("ix_fund_true_up_year", "fund_true_up", ["fund_year_id", "id"], unique=False)
    op.create_index(
        "uq_fund_true_up_first",
        "fund_true_up",
        ["fund_year_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "fund_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column(
            "knowledge",
            sa.Enum("estimate", "actual", name="knowledge", native_enum=False, create_constraint=True, length=40),
            nullable=False,
            comment="Foreseen before the year, or counted",
        ),
        sa.Column(
            "month_on", sa.Date(), nullable=False, comment="First day of the month; coverage is that of its 15th"
        ),
        sa.Column(
            "coverage",
            sa.Enum(
                "private",
                "medicaid",
                "state_direct",
                name="coverageclass",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("units_hundredths", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("units_hundredths >= 0", name=op.f("ck_fund_units_units_range")),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_fund_units_fund_year_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_fund_units_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_units")),
        comment="Acuity-weighted child-months of one class in one month.",
    )
    op.create_index(
        "uq_fund_units_standing",
        "fund_units",
        ["fund_year_id", "knowledge", "month_on", "coverage"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "fund_write_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False, comment="Below zero where an earlier one is reversed"),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cents <> 0 AND (cents < 0) = (reverses_id IS NOT NULL)", name=op.f("ck_fund_write_off_reversal_below_zero")
        ),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_fund_write_off_fund_year_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_fund_write_off_payer_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_fund_write_off_recorded_by_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["fund_write_off.id"], name=op.f("fk_fund_write_off_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_write_off")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_fund_write_off_reverses_id")),
        comment="What will not be collected from a payer, so that the state bears it; or that it is to be collected after all.",
    )
    op.create_index("ix_fund_write_off_account", "fund_write_off", ["fund_year_id", "payer_id", "id"], unique=False)
    op.create_table(
        "last_day_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False, comment="The last day of work, as the former employer says"),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "accepted", sa.Boolean(), nullable=True, comment="Whether the person or DPH took the proposed day over"
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (accepted IS NULL)", name=op.f("ck_last_day_proposal_settled_one_way")
        ),
        sa.ForeignKeyConstraint(["change_id"], ["employer_change.id"], name=op.f("fk_last_day_proposal_change_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["party.id"], name=op.f("fk_last_day_proposal_employer_id")),
        sa.ForeignKeyConstraint(["party_id"], ["coordinator.id"], name=op.f("fk_last_day_proposal_party_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["account.id"], name=op.f("fk_last_day_proposal_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_last_day_proposal")),
        sa.UniqueConstraint("change_id", "employer_id", name=op.f("uq_last_day_proposal_change_id_employer_id")),
        comment="A former employer's word that the last day of work is another one than the change recorded.",
    )
    op.create_table(
        "licence_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column(
            "licence_id", sa.Integer(), nullable=False, comment="The licence as it was recorded when somebody looked"
        ),
        sa.Column(
            "source",
            sa.String(length=200),
            nullable=False,
            comment="Where somebody looked, such as the board's web page",
        ),
        sa.Column(
            "result",
            sa.Enum(
                "as_recorded",
                "different",
                "not_found",
                name="checkresult",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_licence_check_coordinator_id")),
        sa.ForeignKeyConstraint(["licence_id"], ["external_licence.id"], name=op.f("fk_licence_check_licence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_check")),
        comment="One look at the source of an external licence, and what was found there; never changed.",
    )
    op.create_index("ix_licence_check_coordinator", "licence_check", ["coordinator_id", "id"], unique=False)
    op.create_index(op.f("ix_licence_check_licence_id"), "licence_check", ["licence_id"], unique=False)
    op.create_table(
        "order_revocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=False, comment="The day of the vote that revoked it"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("citation", sa.String(length=200), nullable=False),
        sa.Column("revoked_by_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["board_order.id"], name=op.f("fk_order_revocation_order_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["account.id"], name=op.f("fk_order_revocation_revoked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_revocation")),
        sa.UniqueConstraint("order_id", name=op.f("uq_order_revocation_order_id")),
        comment="The end of an order: the dates that it moved were worked out again without it.",
    )
    op.create_table(
        "payer_base",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column(
            "knowledge",
            sa.Enum("estimate", "actual", name="knowledge", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "payments_cents",
            sa.BigInteger(),
            nullable=True,
            comment="Payments subject to the surcharge; they decide whether the payer is in scope",
        ),
        sa.Column("child_months", sa.BigInteger(), nullable=True, comment="Covered child-months"),
        sa.Column("units_hundredths", sa.BigInteger(), nullable=True, comment="Attributed units"),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "payments_cents >= 0 AND child_months >= 0 AND units_hundredths >= 0",
            name=op.f("ck_payer_base_bases_range"),
        ),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_payer_base_fund_year_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_payer_base_payer_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_payer_base_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_base")),
        comment="What a payer's share of a year rests on, with where it comes from.",
    )
    op.create_index("ix_payer_base_payer", "payer_base", ["payer_id"], unique=False)
    op.create_index(
        "uq_payer_base_standing",
        "payer_base",
        ["fund_year_id", "knowledge", "payer_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "proposal_left_out",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_proposal_left_out_party_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_left_out_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", "party_id", name=op.f("pk_proposal_left_out")),
        comment="A coordinator or practice that a proposal could not take into account, and why.",
    )
    op.create_table(
        "proposal_unmet",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column(
            "region",
            sa.Enum(
                "western",
                "central",
                "northeast",
                "metro_west",
                "southeast",
                "boston",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("need", sa.Integer(), nullable=False, comment="Percent of a full-time position"),
        sa.Column("unmet", sa.Integer(), nullable=False, comment="Percent of a full-time position"),
        sa.Column(
            "languages", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_proposal_unmet_practice_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_unmet_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", "practice_id", name=op.f("pk_proposal_unmet")),
        comment="The need of a practice that a proposal leaves unmet, or met in part.",
    )
    op.create_index(
        "ix_proposal_unmet_region", "proposal_unmet", ["proposal_id", "region", "practice_id"], unique=False
    )
    op.create_table(
        "record_merge_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column(
            "column_name",
            sa.String(length=40),
            nullable=False,
            comment="What was changed: whose row it is, or the instant at which it was set aside or closed",
        ),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["record_merge.id"], name=op.f("fk_record_merge_item_merge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_merge_item")),
        sa.UniqueConstraint(
            "merge_id",
            "table_name",
            "column_name",
            "row_id",
            name=op.f("uq_record_merge_item_merge_id_table_name_column_name_row_id"),
        ),
        comment="One row that a merge moved to the record that stays, or set aside because that one tells the same.",
    )
    op.create_table(
        "reminder_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reminder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "employment_id",
            sa.Integer(),
            nullable=True,
            comment="The employment that ended, of which the employer hears once",
        ),
        sa.Column(
            "audience",
            sa.Enum(
                "holder",
                "employer",
                "organization",
                "dph",
                "former_employer",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="In what role the recipient is told",
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "sent",
                "suppressed",
                "failed",
                name="reminderstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=True, comment="Why it was not sent"),
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The digest that it is part of",
        ),
        sa.CheckConstraint(
            "status <> 'suppressed' OR reason IS NOT NULL", name=op.f("ck_reminder_notice_suppressed_has_reason")
        ),
        sa.CheckConstraint(
            "(reminder_id IS NULL) <> (employment_id IS NULL)", name=op.f("ck_reminder_notice_about_one_thing")
        ),
        sa.ForeignKeyConstraint(["employment_id"], ["employment.id"], name=op.f("fk_reminder_notice_employment_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_reminder_notice_message_id")),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminder.id"], name=op.f("fk_reminder_notice_reminder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_notice")),
        sa.UniqueConstraint("employment_id", "recipient", name=op.f("uq_reminder_notice_employment_id_recipient")),
        sa.UniqueConstraint("reminder_id", "recipient", name=op.f("uq_reminder_notice_reminder_id_recipient")),
        comment="What one person is told: a step of a reminder, or once that reminders for somebody who left have stopped.",
    )
    op.create_index("ix_reminder_notice_message", "reminder_notice", ["message_id"], unique=False)
    op.create_index(
        "ix_reminder_notice_waiting", "reminder_notice", ["status", "message_id", "recipient"], unique=False
    )
    op.create_table(
        "roster_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "checked",
                "applied",
                "discarded",
                name="importstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.Column(
            "report",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="What the dry run found; personal data that the audit trail need not repeat",
        ),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["account.id"], name=op.f("fk_roster_import_created_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_roster_import_file_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_roster_import_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
        comment="A spreadsheet of coordinators with the report of its dry run.",
    )
    op.create_index("ix_roster_import_vendor", "roster_import", ["vendor_id", "id"], unique=False)
    op.create_table(
        "self_assessment_respondent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "physician",
                "nurse",
                "front_desk",
                "manager",
                "coordination",
                "family_advisor",
                "other",
                name="respondentrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=254), nullable=True, comment="Empty for somebody who answers on paper"),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answers",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="The score by theme, as far as they have come",
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "removed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Added by mistake; the answers no longer show",
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["self_assessment.id"], name=op.f("fk_self_assessment_respondent_assessment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_assessment_respondent")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_self_assessment_respondent_token_hash")),
        comment="Somebody of a practice who answers, by a personal link or on paper; the link's secret is kept only as a hash.",
    )
    op.create_index(
        "ix_self_assessment_respondent_assessment", "self_assessment_respondent", ["assessment_id", "id"], unique=False
    )
    op.create_table(
        "self_assessment_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False, comment="The day on which they agreed"),
        sa.Column(
            "scores",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="The agreed score by theme",
        ),
        sa.Column(
            "answers",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="For each person the role and the scores, no name",
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column(
            "percent_hundredths", sa.Integer(), nullable=False, comment="Percent of the highest total, times 100"
        ),
        sa.Column(
            "coordination_hundredths",
            sa.Integer(),
            nullable=True,
            comment="Mean of the care coordination domain, times 100",
        ),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["self_assessment.id"], name=op.f("fk_self_assessment_result_assessment_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["practice.id"], name=op.f("fk_self_assessment_result_party_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_self_assessment_result_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_assessment_result")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_self_assessment_result_assessment_id")),
        comment="What a practice agreed on, with everybody's answers by role and without names; never changed.",
    )
    op.create_index(
        "ix_self_assessment_result_party", "self_assessment_result", ["party_id", "held_on", "id"], unique=False
    )
    op.create_table(
        "site_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column(
            "depth",
            sa.Enum("desk", "focused", "full", name="visitdepth", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "result",
            sa.Enum(
                "no_findings",
                "minor_findings",
                "corrective_action",
                name="visitresult",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("visitors", sa.String(length=300), nullable=False, comment="Who visited, by name"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_site_visit_contract_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_site_visit_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_visit")),
        comment="A visit of DPH to a vendor under a contract, how deep it went, and what was found; never changed.",
    )
    op.create_index(op.f("ix_site_visit_contract_id"), "site_visit", ["contract_id"], unique=False)
    op.create_table(
        "standard_preview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column(
            "definition_hash",
            sa.String(length=64),
            nullable=False,
            comment="What was judged by: the draft as it was then",
        ),
        sa.Column("as_of", sa.Date(), nullable=False, comment="The day on which everybody is judged"),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False, comment="Holders judged so far"),
        sa.Column("total", sa.Integer(), nullable=True, comment="Holders to judge; empty until the count has begun"),
        sa.Column("failing", sa.Integer(), nullable=False, comment="Holders who do not meet the draft today"),
        sa.Column(
            "because", sa.Integer(), nullable=False, comment="Those of them who fail only for what the draft changes"
        ),
        sa.Column(
            "requirements",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="For each requirement: its code, who does not meet it, and who only for the change",
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "finished_at IS NULL OR started_at IS NOT NULL", name=op.f("ck_standard_preview_dates_in_order")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_standard_preview_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_version.id"],
            name=op.f("fk_standard_preview_standard_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_preview")),
        comment="A count of what a draft would mean for those who hold a credential, asked for by somebody and made by the worker.",
    )
    op.create_index(
        op.f("ix_standard_preview_standard_version_id"), "standard_preview", ["standard_version_id"], unique=False
    )
    op.create_index(
        "uq_standard_preview_waiting",
        "standard_preview",
        ["standard_version_id"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
        sqlite_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "training_import_doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False, comment="As the file says"),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("first_row", sa.Integer(), nullable=False),
        sa.Column(
            "candidates",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Numbers of the records that it can be",
        ),
        sa.Column("coordinator_id", sa.Integer(), nullable=True, comment="Who it is"),
        sa.Column("is_nobody", sa.Boolean(), nullable=False, comment="None of them: the rows are left out"),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["account.id"], name=op.f("fk_training_import_doubt_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_training_import_doubt_coordinator_id")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["training_import.id"], name=op.f("fk_training_import_doubt_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_import_doubt")),
        comment="A person of a file whom only a name tells, or whose name is another one: somebody says who it is.",
    )
    op.create_index("ix_training_import_doubt_import", "training_import_doubt", ["import_id", "id"], unique=False)
    op.create_table(
        "vendor_invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False, comment="The vendor's own invoice number"),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False, comment="First day of service"),
        sa.Column("ends_on", sa.Date(), nullable=False, comment="Last day of service; in the same fiscal year"),
        sa.Column(
            "supplements_id", sa.Integer(), nullable=True, comment="The first invoice of the month, which left this out"
        ),
        sa.Column("filed_by_id", sa.Integer(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(returned_at IS NULL) = (return_reason IS NULL)", name=op.f("ck_vendor_invoice_returned_whole")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_vendor_invoice_dates_in_order")),
        sa.CheckConstraint("returned_at IS NULL OR approved_at IS NULL", name=op.f("ck_vendor_invoice_one_outcome")),
        sa.CheckConstraint("supplements_id <> id", name=op.f("ck_vendor_invoice_supplements_another")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["account.id"], name=op.f("fk_vendor_invoice_approved_by_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_vendor_invoice_contract_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["account.id"], name=op.f("fk_vendor_invoice_filed_by_id")),
        sa.ForeignKeyConstraint(
            ["supplements_id"], ["vendor_invoice.id"], name=op.f("fk_vendor_invoice_supplements_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_invoice")),
        comment="What a vendor asks to be paid for some days under a contract.",
    )
    op.create_index("ix_vendor_invoice_contract", "vendor_invoice", ["contract_id", "fiscal_year"], unique=False)
    op.create_index(op.f("ix_vendor_invoice_supplements_id"), "vendor_invoice", ["supplements_id"], unique=False)
    op.create_index("ix_vendor_invoice_year", "vendor_invoice", ["fiscal_year", "id"], unique=False)
    op.create_table(
        "application_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "incomplete",
                "under_review",
                "recommended",
                "approved",
                "denied",
                "withdrawn",
                "expired",
                name="applicationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entered_on", sa.Date(), nullable=False, comment="Agency date"),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it was taken back, reopened or closed by DPH"),
        sa.Column("moved_by_id", sa.Integer(), nullable=True, comment="Empty where a job did it"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_stage_application_id")
        ),
        sa.ForeignKeyConstraint(["moved_by_id"], ["account.id"], name=op.f("fk_application_stage_moved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_stage")),
        comment="An application came into a status; the rows of one application tell how long each side had it.",
    )
    op.create_index("ix_application_stage_application", "application_stage", ["application_id", "id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("allocation_id", sa.Integer(), nullable=False),
        sa.Column("share_cents", sa.BigInteger(), nullable=False, comment="Its part of the private share"),
        sa.Column(
            "adjustment_cents",
            sa.BigInteger(),
            nullable=False,
            comment="Charges and credits of true-ups, one row of fund_adjustment each",
        ),
        sa.Column("total_cents", sa.BigInteger(), nullable=False, comment="What is billed; below zero it is paid back"),
        sa.Column("note", sa.Text(), nullable=False, comment="What its notice says of the base"),
        sa.Column(
            "is_decided",
            sa.Boolean(),
            nullable=False,
            comment="The share was decided on appeal; shares that are adopted anew leave it",
        ),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("total_cents = share_cents + adjustment_cents", name=op.f("ck_assessment_adds_up")),
        sa.ForeignKeyConstraint(["allocation_id"], ["fund_allocation.id"], name=op.f("fk_assessment_allocation_id")),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_assessment_fund_year_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_assessment_payer_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_assessment_recorded_by_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["assessment.id"], name=op.f("fk_assessment_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_assessment_supersedes_id")),
        comment="What a payer is assessed for a year; an appeal or a corrected allocation supersedes it.",
    )
    op.create_index("ix_assessment_payer", "assessment", ["payer_id", "fund_year_id"], unique=False)
    op.create_index("ix_assessment_year", "assessment", ["fund_year_id", "id"], unique=False)
    op.create_index(
        "uq_assessment_first",
        "assessment",
        ["fund_year_id", "payer_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "budget_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column(
            "fiscal_year",
            sa.Integer(),
            nullable=False,
            comment="Named by the year in which it ends: FY2027 from July 1, 2026",
        ),
        sa.Column("object_code", sa.String(length=4), nullable=False, comment="Expenditure object, such as MM3"),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column(
            "in_force_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Since when it counts; empty while in a draft",
        ),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_budget_line_amount_not_zero")),
        sa.ForeignKeyConstraint(["amendment_id"], ["contract_amendment.id"], name=op.f("fk_budget_line_amendment_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_budget_line_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
        comment="An amount of a fiscal year under a contract, by object; an amendment's lines are what it adds or takes away.",
    )
    op.create_index(op.f("ix_budget_line_amendment_id"), "budget_line", ["amendment_id"], unique=False)
    op.create_index("ix_budget_line_contract", "budget_line", ["contract_id", "fiscal_year"], unique=False)
    op.create_index("ix_budget_line_year", "budget_line", ["fiscal_year", "in_force_at"], unique=False)
    op.create_table(
        "caseload_count",
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False, comment="As the forms and spreadsheets name it"),
        sa.Column(
            "breakdown",
            sa.Enum(
                "tier",
                "first_month",
                "coverage",
                "age",
                "disability",
                "time_band",
                "activity",
                "outcome",
                name="breakdown",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_caseload_count_number_positive")),
        sa.ForeignKeyConstraint(["line_id"], ["caseload_line.id"], name=op.f("fk_caseload_count_line_id")),
        sa.PrimaryKeyConstraint("line_id", "code", name=op.f("pk_caseload_count")),
        comment="One number of a breakdown of a line that is not 0; never changed.",
    )
    op.create_table(
        "caseload_question_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column(
            "move",
            sa.Enum(
                "answered", "asked_again", "accepted", name="move", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_caseload_question_move_by_id")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["caseload_question.id"], name=op.f("fk_caseload_question_move_question_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload_question_move")),
        comment="What somebody said to a question: an answer, asked again, accepted; never changed.",
    )
    op.create_index(
        op.f("ix_caseload_question_move_question_id"), "caseload_question_move", ["question_id"], unique=False
    )
    op.create_table(
        "ce_selection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ce_audit_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False, comment="The renewal that is audited"),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_ce_selection_application_id")),
        sa.ForeignKeyConstraint(["ce_audit_id"], ["ce_audit.id"], name=op.f("fk_ce_selection_ce_audit_id")),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_ce_selection_credential_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_ce_selection_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ce_selection")),
        sa.UniqueConstraint("ce_audit_id", "credential_id", name=op.f("uq_ce_selection_ce_audit_id_credential_id")),
        sa.UniqueConstraint("ce_audit_id", "place", name=op.f("uq_ce_selection_ce_audit_id_place")),
        comment="A holder whom a draw has selected, in the order of the draw.",
    )
    op.create_index(op.f("ix_ce_selection_party_id"), "ce_selection", ["party_id"], unique=False)
    op.create_table(
        "contract_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "executed",
                "amended",
                "suspended",
                "reinstated",
                "terminated",
                name="periodreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("because", sa.Text(), nullable=False, comment="Why these days, in words"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_contract_period_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["contract_amendment.id"], name=op.f("fk_contract_period_amendment_id")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_period_contract_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["contract_period.id"], name=op.f("fk_contract_period_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_period")),
        comment="Days on which a contract is in force without a break; corrections supersede, nothing is overwritten.",
    )
    op.create_index(
        "ix_contract_period_contract", "contract_period", ["contract_id", "superseded_at", "ends_on"], unique=False
    )
    op.create_index(op.f("ix_contract_period_supersedes_id"), "contract_period", ["supersedes_id"], unique=False)
    op.create_table(
        "contract_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("service", sa.String(length=120), nullable=False),
        sa.Column(
            "unit",
            sa.String(length=60),
            nullable=False,
            comment="What one unit is, such as a month of one full-time position",
        ),
        sa.Column("rate_cents", sa.BigInteger(), nullable=False),
        sa.Column(
            "in_force_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Since when it counts; empty while in a draft",
        ),
        sa.CheckConstraint("rate_cents > 0", name=op.f("ck_contract_rate_rate_positive")),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["contract_amendment.id"], name=op.f("fk_contract_rate_amendment_id")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_rate_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_rate")),
        comment="The price of one unit of a service under a rate contract.",
    )
    op.create_index(op.f("ix_contract_rate_amendment_id"), "contract_rate", ["amendment_id"], unique=False)
    op.create_index(op.f("ix_contract_rate_contract_id"), "contract_rate", ["contract_id"], unique=False)
    op.create_table(
        "contract_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "negotiated",
                "sent_for_signature",
                "contractor_signed",
                "department_signed",
                "secretariat_approved",
                "recalled",
                "withdrawn",
                "suspended",
                "reinstated",
                "terminated_for_cause",
                "terminated_without_cause",
                "termination_taken_back",
                "closed_out",
                name="stepkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=True, comment="Who signed or decided"),
        sa.Column("person_title", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True, comment="The signed page"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["contract_amendment.id"], name=op.f("fk_contract_step_amendment_id")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_step_contract_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_contract_step_file_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_contract_step_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_step")),
        comment="A step in the life of a contract or of one of its amendments; never changed.",
    )
    op.create_index(op.f("ix_contract_step_amendment_id"), "contract_step", ["amendment_id"], unique=False)
    op.create_index("ix_contract_step_contract", "contract_step", ["contract_id", "id"], unique=False)
    op.create_table(
        "corrective_action_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True, comment="The visit that found it"),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("response_due_on", sa.Date(), nullable=False, comment="The vendor's plan is due: 30 days (VO-17)"),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(closed_on IS NULL) = (closing_note IS NULL)", name=op.f("ck_corrective_action_plan_closed_whole")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_corrective_action_plan_contract_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["account.id"], name=op.f("fk_corrective_action_plan_opened_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["site_visit.id"], name=op.f("fk_corrective_action_plan_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_action_plan")),
        comment="What a vendor must put right under a contract, and by when; its milestones follow.",
    )
    op.create_index(
        "ix_corrective_action_plan_contract", "corrective_action_plan", ["contract_id", "closed_on"], unique=False
    )
    op.create_table(
        "course_session_seat",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["course_session.id"], name=op.f("fk_course_session_seat_session_id")),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_course_session_seat")),
        comment="A seat of a session: whoever is enrolled holds one, and no two people hold the same.",
    )
    op.create_table(
        "credential_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("grace_until", sa.Date(), nullable=False),
        sa.Column("reinstatement_until", sa.Date(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False, comment="Why the term ends on this day, in one sentence"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("expires_on >= starts_on", name=op.f("ck_credential_period_dates_in_order")),
        sa.CheckConstraint("grace_until >= expires_on", name=op.f("ck_credential_period_grace_after_expiry")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_credential_period_application_id")
        ),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_credential_period_credential_id")),
        sa.ForeignKeyConstraint(
            ["standard_version_id"], ["standard_version.id"], name=op.f("fk_credential_period_standard_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["credential_period.id"], name=op.f("fk_credential_period_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_period")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_credential_period_supersedes_id")),
        comment="One term of a credential, valid through its last day; a renewal adds a period, a correction supersedes one.",
    )
    op.create_index(op.f("ix_credential_period_application_id"), "credential_period", ["application_id"], unique=False)
    op.create_index(
        "ix_credential_period_expiry",
        "credential_period",
        ["expires_on", "grace_until", "credential_id", "superseded_at", "starts_on"],
        unique=False,
    )
    op.create_index(
        "uq_credential_period_start",
        "credential_period",
        ["credential_id", "starts_on"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "employer_change_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False, comment="Whose employment or assignment it is"),
        sa.Column("employment_before_id", sa.Integer(), nullable=True),
        sa.Column("employment_after_id", sa.Integer(), nullable=True),
        sa.Column("assignment_before_id", sa.Integer(), nullable=True),
        sa.Column("assignment_after_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "employment_before_id IS NOT NULL OR employment_after_id IS NOT NULL OR assignment_before_id IS NOT NULL OR assignment_after_id IS NOT NULL",
            name=op.f("ck_employer_change_effect_did_something"),
        ),
        sa.ForeignKeyConstraint(
            ["assignment_after_id"], ["assignment.id"], name=op.f("fk_employer_change_effect_assignment_after_id")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_before_id"], ["assignment.id"], name=op.f("fk_employer_change_effect_assignment_before_id")
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["employer_change.id"], name=op.f("fk_employer_change_effect_change_id")
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["party.id"], name=op.f("fk_employer_change_effect_employer_id")),
        sa.ForeignKeyConstraint(
            ["employment_after_id"], ["employment.id"], name=op.f("fk_employer_change_effect_employment_after_id")
        ),
        sa.ForeignKeyConstraint(
            ["employment_before_id"], ["employment.id"], name=op.f("fk_employer_change_effect_employment_before_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_change_effect")),
        comment="One thing that a consent did: an employment or an assignment before and after; never changed.",
    )
    op.create_index("ix_employer_change_effect_change", "employer_change_effect", ["change_id", "id"], unique=False)
    op.create_index(
        "ix_employer_change_effect_employer", "employer_change_effect", ["employer_id", "change_id"], unique=False
    )
    op.create_index(
        "ix_employer_change_effect_employment", "employer_change_effect", ["employment_after_id"], unique=False
    )
    op.create_table(
        "evaluation_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column(
            "findings", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("engine_version", sa.String(length=20), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_evaluation_record_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_version_id"], ["standard_version.id"], name=op.f("fk_evaluation_record_standard_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_record")),
        comment="What the rules said of an application on a day, with a hash of all that they looked at.",
    )
    op.create_index("ix_evaluation_record_application", "evaluation_record", ["application_id", "id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("requirement_code", sa.String(length=20), nullable=False),
        sa.Column(
            "value", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("provided_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, comment="This row only takes back the one it supersedes"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_evidence_application_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_evidence_file_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_evidence_party_id")),
        sa.ForeignKeyConstraint(["provided_by_id"], ["account.id"], name=op.f("fk_evidence_provided_by_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["evidence.id"], name=op.f("fk_evidence_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_evidence_supersedes_id")),
        comment="What was provided for a requirement; never changed, a later row supersedes an earlier one.",
    )
    op.create_index(op.f("ix_evidence_application_id"), "evidence", ["application_id"], unique=False)
    op.create_index("ix_evidence_party", "evidence", ["party_id", "requirement_code"], unique=False)
    op.create_table(
        "fund_year_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_year_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "closed",
                "reopened",
                "correction",
                name="yeareventkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "allocation_id",
            sa.Integer(),
            nullable=True,
            comment="The adopted shares that are corrected; the next ones end it",
        ),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'correction') = (allocation_id IS NOT NULL)", name=op.f("ck_fund_year_event_correction_of_shares")
        ),
        sa.CheckConstraint("kind = 'closed' OR reason <> ''", name=op.f("ck_fund_year_event_opened_with_reason")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["fund_allocation.id"], name=op.f("fk_fund_year_event_allocation_id")
        ),
        sa.ForeignKeyConstraint(["fund_year_id"], ["fund_year.id"], name=op.f("fk_fund_year_event_fund_year_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_fund_year_event_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_year_event")),
        comment="That a year was closed, opened again with a reason, or that its shares are to be corrected while it is open.",
    )
    op.create_index("ix_fund_year_event_year", "fund_year_event", ["fund_year_id", "id"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="Without gaps, over all years"),
        sa.Column(
            "fiscal_year", sa.Integer(), nullable=False, comment="The year in which it ends: 2027 ends June 30, 2027"
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "billed",
                "payer_paid",
                "payer_reversed",
                "paid_back",
                "written_off",
                "transferred",
                "approved",
                "hold_decided",
                "payer_recorded",
                "held",
                "vendor_paid",
                "vendor_reversed",
                "moved",
                "move_reversed",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False, comment="The day of the event, not of its recording"),
        sa.Column("cash_after_cents", sa.BigInteger(), nullable=False, comment="Money in the fund after it"),
        sa.Column("payer_id", sa.Integer(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("movement_id", sa.Integer(), nullable=True),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(payer_id IS NOT NULL AND invoice_id IS NULL AND contract_id IS NULL AND movement_id IS NULL) OR (payer_id IS NULL AND invoice_id IS NOT NULL AND contract_id IS NOT NULL AND movement_id IS NULL) OR (payer_id IS NULL AND invoice_id IS NULL AND contract_id IS NULL AND movement_id IS NOT NULL)",
            name=op.f("ck_ledger_entry_one_subject"),
        ),
        sa.CheckConstraint("cash_after_cents >= 0", name=op.f("ck_ledger_entry_never_negative")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_ledger_entry_contract_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["vendor_invoice.id"], name=op.f("fk_ledger_entry_invoice_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["fund_movement.id"], name=op.f("fk_ledger_entry_movement_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_ledger_entry_payer_id")),
        sa.ForeignKeyConstraint(["posted_by_id"], ["account.id"], name=op.f("fk_ledger_entry_posted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_ledger_entry_number")),
        comment="One event in the ledger, of one payer's year, one vendor invoice or one movement; never changed.",
    )
    op.create_index("ix_ledger_entry_contract", "ledger_entry", ["contract_id", "fiscal_year"], unique=False)
    op.create_index("ix_ledger_entry_invoice", "ledger_entry", ["invoice_id"], unique=False)
    op.create_index("ix_ledger_entry_movement", "ledger_entry", ["movement_id"], unique=False)
    op.create_index("ix_ledger_entry_payer", "ledger_entry", ["payer_id", "fiscal_year"], unique=False)
    op.create_index("ix_ledger_entry_year", "ledger_entry", ["fiscal_year", "number"], unique=False)
    op.create_table(
        "proposal_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column(
            "region",
            sa.Enum(
                "western",
                "central",
                "northeast",
                "metro_west",
                "southeast",
                "boston",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Of the practice",
        ),
        sa.Column(
            "starts_on", sa.Date(), nullable=False, comment="Later than the plan where somebody is there until then"
        ),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("share_percent", sa.Integer(), nullable=False),
        sa.Column(
            "miles", sa.Integer(), nullable=True, comment="Empty where the town of the practice is not on record"
        ),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("next_best", sa.Text(), nullable=False),
        sa.Column("next_best_id", sa.Integer(), nullable=True),
        sa.Column("next_best_points", sa.Integer(), nullable=True, comment="By how many points the next best is worse"),
        sa.Column(
            "decision",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                name="linedecision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it was declined"),
        sa.Column(
            "lifted_by_id",
            sa.Integer(),
            nullable=True,
            comment="Who lets plans bring the two together again after it was declined",
        ),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False, comment="Why it could not be accepted when somebody tried"),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(decision = 'accepted') = (assignment_id IS NOT NULL)",
            name=op.f("ck_proposal_line_accepted_has_assignment"),
        ),
        sa.CheckConstraint(
            "(decision = 'open') = (decided_at IS NULL)", name=op.f("ck_proposal_line_decided_has_instant")
        ),
        sa.CheckConstraint("decision <> 'declined' OR reason <> ''", name=op.f("ck_proposal_line_declined_has_reason")),
        sa.CheckConstraint(
            "lifted_at IS NULL OR decision = 'declined'", name=op.f("ck_proposal_line_lifted_was_declined")
        ),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name=op.f("ck_proposal_line_lifted_whole")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_proposal_line_dates_in_order")),
        sa.CheckConstraint("share_percent BETWEEN 1 AND 100", name=op.f("ck_proposal_line_share_range")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_proposal_line_assignment_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_proposal_line_contract_id")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_proposal_line_coordinator_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_proposal_line_decided_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["account.id"], name=op.f("fk_proposal_line_lifted_by_id")),
        sa.ForeignKeyConstraint(["next_best_id"], ["coordinator.id"], name=op.f("fk_proposal_line_next_best_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_proposal_line_practice_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_line_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_line")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_proposal_line_assignment_id")),
        sa.UniqueConstraint(
            "proposal_id",
            "coordinator_id",
            "practice_id",
            "starts_on",
            name=op.f("uq_proposal_line_proposal_id_coordinator_id_practice_id_starts_on"),
        ),
        comment="One placement of a proposal: why, what the next best was, and what somebody decided about it.",
    )
    op.create_index("ix_proposal_line_coordinator", "proposal_line", ["coordinator_id"], unique=False)
    op.create_index(
        "ix_proposal_line_declined",
        "proposal_line",
        ["id"],
        unique=False,
        postgresql_where=sa.text("decision = 'declined' AND lifted_at IS NULL"),
        sqlite_where=sa.text("decision = 'declined' AND lifted_at IS NULL"),
    )
    op.create_index("ix_proposal_line_proposal", "proposal_line", ["proposal_id", "id"], unique=False)
    op.create_index("ix_proposal_line_region", "proposal_line", ["proposal_id", "region", "id"], unique=False)
    op.create_table(
        "reference_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False, comment="Whom the reference is about"),
        sa.Column("requirement_code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False, comment="The referee, as named by whoever asks"),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "relation",
            sa.String(length=200),
            nullable=False,
            comment="How the referee knows the person, as told by the asker",
        ),
        sa.Column("organization", sa.String(length=200), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "sent_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the last letter was written that somebody asked for",
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "reminded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was brought to mind before it expires",
        ),
        sa.Column(
            "expiry_told_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the applicant was told that it had expired",
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL OR declined_at IS NULL) AND (answered_at IS NULL OR cancelled_at IS NULL) AND (declined_at IS NULL OR cancelled_at IS NULL)",
            name=op.f("ck_reference_request_ends_in_one_way"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_reference_request_application_id")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_reference_request_asked_by_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_reference_request_party_id")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["reference_request.id"], name=op.f("fk_reference_request_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_request")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_reference_request_replaces_id")),
        comment="A request to a person outside CertHub to give a reference for an application.",
    )
    op.create_index(op.f("ix_reference_request_party_id"), "reference_request", ["party_id"], unique=False)
    op.create_index("ix_reference_request_waiting", "reference_request", ["expires_at", "id"], unique=False)
    op.create_index(
        "uq_reference_request_email",
        "reference_request",
        ["application_id", "email"],
        unique=True,
        postgresql_where=sa.text("cancelled_at IS NULL"),
        sqlite_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "requirement_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("requirement_code", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False, comment="Only DPH and auditors read it"),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_requirement_note_application_id")
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["account.id"], name=op.f("fk_requirement_note_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_note")),
        comment="What the applicant or a reviewer wrote on one requirement of an application.",
    )
    op.create_index(
        "ix_requirement_note_application",
        "requirement_note",
        ["application_id", "requirement_code", "id"],
        unique=False,
    )
    op.create_table(
        "session_evaluation",
        sa.Column(
            "id",
            sa.String(length=32),
            nullable=False,
            comment="Drawn at random, so that the order of rows tells nobody apart",
        ),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column(
            "answers",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="A number from 1 to 5 for each statement of the form",
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["course_session.id"], name=op.f("fk_session_evaluation_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_evaluation")),
        comment="An evaluation form of a session, without the name of whoever sent it; never changed.",
    )
    op.create_index(op.f("ix_session_evaluation_session_id"), "session_evaluation", ["session_id"], unique=False)
    op.create_table(
        "session_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "code", sa.String(length=12), nullable=False, comment="What participants type to say that they are there"
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_session_meeting_times_in_order")),
        sa.ForeignKeyConstraint(["session_id"], ["course_session.id"], name=op.f("fk_session_meeting_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_meeting")),
        comment="One meeting of a session: a course of three mornings has three.",
    )
    op.create_index("ix_session_meeting_session", "session_meeting", ["session_id", "starts_at"], unique=False)
    op.create_table(
        "standard_preview_holder",
        sa.Column("preview_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("unmet", sa.Text(), nullable=False, comment="Codes of what is not met, each between spaces"),
        sa.Column("because", sa.Text(), nullable=False, comment="Those of them that only the draft brings"),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credential.id"], name=op.f("fk_standard_preview_holder_credential_id")
        ),
        sa.ForeignKeyConstraint(
            ["preview_id"],
            ["standard_preview.id"],
            name=op.f("fk_standard_preview_holder_preview_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("preview_id", "credential_id", name=op.f("pk_standard_preview_holder")),
        comment="Somebody who would not meet a draft today, with the requirements that are in the way.",
    )
    op.create_table(
        "true_up_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("true_up_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("assessed_cents", sa.BigInteger(), nullable=False),
        sa.Column("actual_cents", sa.BigInteger(), nullable=False),
        sa.Column(
            "delta_cents", sa.BigInteger(), nullable=False, comment="Actual less assessed; below zero it paid too much"
        ),
        sa.Column(
            "settlement",
            sa.Enum(
                "pool", "next_notice", "now", name="settlement", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_true_up_line_payer_id")),
        sa.ForeignKeyConstraint(["true_up_id"], ["fund_true_up.id"], name=op.f("fk_true_up_line_true_up_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_true_up_line")),
        sa.UniqueConstraint("true_up_id", "payer_id", name=op.f("uq_true_up_line_true_up_id_payer_id")),
        comment="One payer's difference in a true-up.",
    )
    op.create_index("ix_true_up_line_payer", "true_up_line", ["payer_id"], unique=False)
    op.create_table(
        "vendor_invoice_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column(
            "coordinator_id", sa.Integer(), nullable=True, comment="Whose work it is; empty for a cost of the program"
        ),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("adds_to_id", sa.Integer(), nullable=True, comment="The approved line whose amount was too low"),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_vendor_invoice_line_amount_positive")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_vendor_invoice_line_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["adds_to_id"], ["vendor_invoice_line.id"], name=op.f("fk_vendor_invoice_line_adds_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_vendor_invoice_line_coordinator_id")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["vendor_invoice.id"], name=op.f("fk_vendor_invoice_line_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_invoice_line")),
        comment="The work of one coordinator, or another cost of the program, on an invoice; never changed.",
    )
    op.create_index(op.f("ix_vendor_invoice_line_adds_to_id"), "vendor_invoice_line", ["adds_to_id"], unique=False)
    op.create_index(
        op.f("ix_vendor_invoice_line_coordinator_id"), "vendor_invoice_line", ["coordinator_id"], unique=False
    )
    op.create_index(op.f("ix_vendor_invoice_line_invoice_id"), "vendor_invoice_line", ["invoice_id"], unique=False)
    op.create_table(
        "vendor_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False, comment="Payment document in MMARS"),
        sa.Column(
            "reverses_id", sa.Integer(), nullable=True, comment="The payment that this row takes back, cents below zero"
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="Why it was taken back"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(reverses_id IS NULL) = (amount_cents > 0)", name=op.f("ck_vendor_payment_reversal_below_zero")
        ),
        sa.CheckConstraint(
            "(reverses_id IS NULL) = (reason IS NULL)", name=op.f("ck_vendor_payment_reversal_says_why")
        ),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_vendor_payment_amount_not_zero")),
        sa.ForeignKeyConstraint(["invoice_id"], ["vendor_invoice.id"], name=op.f("fk_vendor_payment_invoice_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_vendor_payment_recorded_by_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["vendor_payment.id"], name=op.f("fk_vendor_payment_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_payment")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_vendor_payment_reverses_id")),
        comment="Money paid to a vendor for an approved invoice; never changed. One that came back is reversed by another row.",
    )
    op.create_index(op.f("ix_vendor_payment_invoice_id"), "vendor_payment", ["invoice_id"], unique=False)
    op.create_table(
        "ce_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("selection_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("provided_by_id", sa.Integer(), nullable=False),
        sa.Column("provided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_ce_proof_file_id")),
        sa.ForeignKeyConstraint(["provided_by_id"], ["account.id"], name=op.f("fk_ce_proof_provided_by_id")),
        sa.ForeignKeyConstraint(["selection_id"], ["ce_selection.id"], name=op.f("fk_ce_proof_selection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ce_proof")),
        comment="A paper that was handed in for an audit; never changed, more can follow.",
    )
    op.create_index(op.f("ix_ce_proof_selection_id"), "ce_proof", ["selection_id"], unique=False)
    op.create_table(
        "ce_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("selection_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "passed",
                "passed_after_correction",
                "failed",
                "excused",
                name="ceoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_ce_result_reviewer_id")),
        sa.ForeignKeyConstraint(["selection_id"], ["ce_selection.id"], name=op.f("fk_ce_result_selection_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["ce_result.id"], name=op.f("fk_ce_result_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ce_result")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_ce_result_supersedes_id")),
        comment="A reviewer's word on how the audit of one holder ended; a correction supersedes the one before it.",
    )
    op.create_index("ix_ce_result_selection", "ce_result", ["selection_id", "id"], unique=False)
    op.create_index(
        "uq_ce_result_first",
        "ce_result",
        ["selection_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("template_version", sa.String(length=20), nullable=False),
        sa.Column(
            "engine", sa.String(length=40), nullable=False, comment="Which engine made the bytes, with its version"
        ),
        sa.Column(
            "conformance",
            sa.String(length=60),
            nullable=False,
            comment="For example PDF/A-2a, PDF/UA-1; empty for pdfkit",
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes"),
        sa.Column("verification_code", sa.String(length=40), nullable=False, comment="128 random bits, never derived"),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it was issued again"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_certificate_credential_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["account.id"], name=op.f("fk_certificate_issued_by_id")),
        sa.ForeignKeyConstraint(["period_id"], ["credential_period.id"], name=op.f("fk_certificate_period_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["certificate.id"], name=op.f("fk_certificate_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_certificate_supersedes_id")),
        sa.UniqueConstraint("verification_code", name=op.f("uq_certificate_verification_code")),
        comment="An issued document: frozen facts, frozen bytes, and the code under which anybody can verify it.",
    )
    op.create_index(op.f("ix_certificate_credential_id"), "certificate", ["credential_id"], unique=False)
    op.create_index(op.f("ix_certificate_sha256"), "certificate", ["sha256"], unique=False)
    op.create_index(
        "uq_certificate_first",
        "certificate",
        ["period_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "contract_open_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False, comment="The close-out"),
        sa.Column("what", sa.Text(), nullable=False, comment="What was open, in words, as it stood on the day"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["contract_step.id"], name=op.f("fk_contract_open_item_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_open_item")),
        comment="Something that was not settled when a contract was closed out, and why it was closed out all the same.",
    )
    op.create_index(op.f("ix_contract_open_item_step_id"), "contract_open_item", ["step_id"], unique=False)
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=True, comment="The term as it is recorded from then on"),
        sa.Column("status_event_id", sa.Integer(), nullable=True, comment="The event as it is recorded from then on"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("citation", sa.String(length=200), nullable=False),
        sa.Column("corrected_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(period_id IS NULL) <> (status_event_id IS NULL)", name=op.f("ck_correction_of_one_record")
        ),
        sa.ForeignKeyConstraint(["corrected_by_id"], ["account.id"], name=op.f("fk_correction_corrected_by_id")),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_correction_credential_id")),
        sa.ForeignKeyConstraint(["period_id"], ["credential_period.id"], name=op.f("fk_correction_period_id")),
        sa.ForeignKeyConstraint(["status_event_id"], ["status_event.id"], name=op.f("fk_correction_status_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("period_id", name=op.f("uq_correction_period_id")),
        sa.UniqueConstraint("status_event_id", name=op.f("uq_correction_status_event_id")),
        comment="The ground of a correction; what was replaced is told by `supersedes_id` of the row that came of it.",
    )
    op.create_index(op.f("ix_correction_credential_id"), "correction", ["credential_id"], unique=False)
    op.create_table(
        "corrective_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False, comment="The vendor's plan, in its words"),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["account.id"], name=op.f("fk_corrective_answer_answered_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["corrective_action_plan.id"], name=op.f("fk_corrective_answer_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_answer")),
        comment="What a vendor said that it would do; never changed, a further answer is a row of its own.",
    )
    op.create_index(op.f("ix_corrective_answer_plan_id"), "corrective_answer", ["plan_id"], unique=False)
    op.create_table(
        "corrective_milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_note", sa.String(length=500), nullable=True, comment="How DPH saw that it was done"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["corrective_action_plan.id"], name=op.f("fk_corrective_milestone_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_milestone")),
        comment="One step of a corrective action plan, its due day and the day on which DPH saw it done.",
    )
    op.create_index(op.f("ix_corrective_milestone_plan_id"), "corrective_milestone", ["plan_id"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True, comment="The employer on the day of the enrolment"),
        sa.Column(
            "status",
            sa.Enum(
                "enrolled",
                "waitlisted",
                "withdrawn",
                "moved",
                "cancelled",
                "completed",
                "in_part",
                "not_completed",
                "no_show",
                "not_seated",
                name="enrolmentstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seat_number", sa.Integer(), nullable=True),
        sa.Column("interpreter", sa.String(length=8), nullable=False, comment="Language of an interpreter asked for"),
        sa.Column(
            "accommodation",
            sa.Text(),
            nullable=False,
            comment="What the person needs to take part; for the trainers only",
        ),
        sa.Column(
            "needs_told_to_id", sa.Integer(), nullable=True, comment="The one employer that may read what is needed"
        ),
        sa.Column("score", sa.Integer(), nullable=True, comment="Percent in the final test"),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "seated_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the seat was given; later for who waited",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=500), nullable=False),
        sa.Column(
            "moved_to_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The enrolment in another session of the course that took its place",
        ),
        sa.Column(
            "evaluated_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the evaluation form was sent; not what it says",
        ),
        sa.CheckConstraint(
            "(status IN ('enrolled', 'completed', 'in_part', 'not_completed', 'no_show')) = (seat_number IS NOT NULL)",
            name=op.f("ck_enrolment_seat_while_enrolled"),
        ),
        sa.CheckConstraint("score IS NULL OR score BETWEEN 0 AND 100", name=op.f("ck_enrolment_score_range")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_enrolment_coordinator_id")),
        sa.ForeignKeyConstraint(["moved_to_id"], ["enrolment.id"], name=op.f("fk_enrolment_moved_to_id")),
        sa.ForeignKeyConstraint(
            ["needs_told_to_id"], ["vendor_organization.id"], name=op.f("fk_enrolment_needs_told_to_id")
        ),
        sa.ForeignKeyConstraint(["requested_by_id"], ["account.id"], name=op.f("fk_enrolment_requested_by_id")),
        sa.ForeignKeyConstraint(
            ["session_id", "seat_number"],
            ["course_session_seat.session_id", "course_session_seat.number"],
            name="fk_enrolment_seat",
        ),
        sa.ForeignKeyConstraint(["session_id"], ["course_session.id"], name=op.f("fk_enrolment_session_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_enrolment_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("session_id", "seat_number", name="uq_enrolment_seat"),
        comment="A coordinator's place in a session, on its waiting list, or what became of it.",
    )
    op.create_index("ix_enrolment_coordinator", "enrolment", ["coordinator_id", "id"], unique=False)
    op.create_index("ix_enrolment_session", "enrolment", ["session_id", "status", "id"], unique=False)
    op.create_index("ix_enrolment_vendor", "enrolment", ["vendor_id", "id"], unique=False)
    op.create_index(
        "uq_enrolment_live",
        "enrolment",
        ["session_id", "coordinator_id"],
        unique=True,
        postgresql_where=sa.text(
            "status IN ('enrolled', 'completed', 'in_part', 'not_completed', 'no_show', 'waitlisted')"
        ),
        sqlite_where=sa.text(
            "status IN ('enrolled', 'completed', 'in_part', 'not_completed', 'no_show', 'waitlisted')"
        ),
    )
    op.create_table(
        "fund_adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("from_year_id", sa.Integer(), nullable=False, comment="Whose true-up it is of"),
        sa.Column("payer_id", sa.Integer(), nullable=False, comment="Whose difference it is; it may have merged"),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cents <> 0", name=op.f("ck_fund_adjustment_cents_not_zero")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_fund_adjustment_assessment_id")),
        sa.ForeignKeyConstraint(["from_year_id"], ["fund_year.id"], name=op.f("fk_fund_adjustment_from_year_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_fund_adjustment_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_adjustment")),
        sa.UniqueConstraint(
            "assessment_id",
            "from_year_id",
            "payer_id",
            name=op.f("uq_fund_adjustment_assessment_id_from_year_id_payer_id"),
        ),
        comment="That an assessment takes a payer's difference of a true-up along: of an earlier year, or of its own at once.",
    )
    op.create_index("ix_fund_adjustment_from", "fund_adjustment", ["from_year_id", "payer_id"], unique=False)
    op.create_table(
        "fund_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_fund_appeal_assessment_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_fund_appeal_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_appeal")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_fund_appeal_assessment_id")),
        comment="A payer's appeal against its assessment.",
    )
    op.create_table(
        "fund_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("earliest_due_on", sa.Date(), nullable=False, comment="Nothing is due before this day"),
        sa.Column("appeal_until", sa.Date(), nullable=False),
        sa.Column(
            "words",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="What it says, frozen: to whom, of what, why, and due when",
        ),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_fund_notice_assessment_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["account.id"], name=op.f("fk_fund_notice_issued_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_notice")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_fund_notice_assessment_id")),
        comment="The notice of an assessment: from then on it is billed and can be appealed.",
    )
    op.create_table(
        "instalment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column(
            "planned_on",
            sa.Date(),
            nullable=False,
            comment="Due on this day, or on the notice's first day if that is later",
        ),
        sa.CheckConstraint("cents > 0", name=op.f("ck_instalment_cents_above_zero")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_instalment_assessment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("assessment_id", "number", name=op.f("uq_instalment_assessment_id_number")),
        comment="A part of an assessment with the day that the calendar plans for it.",
    )
    op.create_table(
        "item_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("requirement_code", sa.String(length=20), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "pending",
                "accepted",
                "returned",
                "waived",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "last_evidence_id",
            sa.Integer(),
            nullable=True,
            comment="The newest evidence that was looked at; later evidence is pending again",
        ),
        sa.Column(
            "seen_inputs",
            sa.String(length=64),
            nullable=False,
            comment="Hash of what a returned item was judged by; returned while it stays the same",
        ),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_item_review_application_id")),
        sa.ForeignKeyConstraint(["last_evidence_id"], ["evidence.id"], name=op.f("fk_item_review_last_evidence_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_item_review_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_review")),
        comment="A reviewer's word on the evidence for one requirement of an application; the latest counts.",
    )
    op.create_index(
        "ix_item_review_application", "item_review", ["application_id", "requirement_code", "id"], unique=False
    )
    op.create_table(
        "ledger_posting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "debit",
            sa.Enum(
                "cash",
                "receivable",
                "recoverable",
                "credits",
                "payable",
                "advances",
                "private_money",
                "federal_money",
                "match_money",
                "other_money",
                "state_money",
                "cost_open",
                "cost_private",
                "cost_medicaid",
                "cost_other",
                "cost_state",
                "administration",
                "given_back",
                "written_off",
                name="debit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "credit",
            sa.Enum(
                "cash",
                "receivable",
                "recoverable",
                "credits",
                "payable",
                "advances",
                "private_money",
                "federal_money",
                "match_money",
                "other_money",
                "state_money",
                "cost_open",
                "cost_private",
                "cost_medicaid",
                "cost_other",
                "cost_state",
                "administration",
                "given_back",
                "written_off",
                name="credit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_ledger_posting_cents_above_zero")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_ledger_posting_two_accounts")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_posting_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_posting")),
        comment="The same amount on the debit side of one account and on the credit side of another; never changed.",
    )
    op.create_index("ix_ledger_posting_entry", "ledger_posting", ["entry_id"], unique=False)
    op.create_table(
        "order_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("granted_id", sa.Integer(), nullable=False, comment="The term as it was granted, before any order"),
        sa.Column("before_id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False, comment="By the revocation, which counts from then on"),
        sa.ForeignKeyConstraint(["after_id"], ["credential_period.id"], name=op.f("fk_order_effect_after_id")),
        sa.ForeignKeyConstraint(["before_id"], ["credential_period.id"], name=op.f("fk_order_effect_before_id")),
        sa.ForeignKeyConstraint(["granted_id"], ["credential_period.id"], name=op.f("fk_order_effect_granted_id")),
        sa.ForeignKeyConstraint(["order_id"], ["board_order.id"], name=op.f("fk_order_effect_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_effect")),
        sa.UniqueConstraint(
            "order_id", "granted_id", "taken_back", name=op.f("uq_order_effect_order_id_granted_id_taken_back")
        ),
        comment="What an order or its revocation did to one term; before and after are one where another order goes as far.",
    )
    op.create_index(op.f("ix_order_effect_after_id"), "order_effect", ["after_id"], unique=False)
    op.create_index(op.f("ix_order_effect_before_id"), "order_effect", ["before_id"], unique=False)
    op.create_index("ix_order_effect_granted", "order_effect", ["granted_id", "taken_back"], unique=False)
    op.create_table(
        "payer_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "private",
                "medicaid",
                "other",
                "dph",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "paid", "denied", "not_applicable", name="outcome", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("cents", sa.BigInteger(), nullable=False, comment="What it pays of the line"),
        sa.Column(
            "of_cents", sa.BigInteger(), nullable=False, comment="What the payers ahead left for it when it was asked"
        ),
        sa.Column(
            "units_hundredths",
            sa.BigInteger(),
            nullable=True,
            comment="Acuity-weighted child-months that are claimed; of Medicaid only",
        ),
        sa.Column(
            "evidence", sa.String(length=200), nullable=False, comment="Number of the remittance advice, denial or rule"
        ),
        sa.Column("evidence_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("supersedes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(outcome = 'paid') = (cents > 0)", name=op.f("ck_payer_answer_whoever_pays_has_an_amount")),
        sa.CheckConstraint("source <> 'dph'", name=op.f("ck_payer_answer_dph_is_what_is_left")),
        sa.CheckConstraint("cents >= 0 AND cents <= of_cents", name=op.f("ck_payer_answer_no_more_than_asked")),
        sa.CheckConstraint("units_hundredths >= 0", name=op.f("ck_payer_answer_units_range")),
        sa.ForeignKeyConstraint(["line_id"], ["vendor_invoice_line.id"], name=op.f("fk_payer_answer_line_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_payer_answer_recorded_by_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["payer_answer.id"], name=op.f("fk_payer_answer_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_answer")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_payer_answer_supersedes_id")),
        comment="What a payer that comes before DPH does about a line of a vendor's invoice, with its evidence.",
    )
    op.create_index("ix_payer_answer_line", "payer_answer", ["line_id", "id"], unique=False)
    op.create_index(
        "uq_payer_answer_first",
        "payer_answer",
        ["line_id", "source"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "payment_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("held_cents", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False, comment="Which link was broken on these days, in words"),
        sa.Column("links", sa.String(length=120), nullable=False, comment="The links that were broken, with spaces"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("held_cents >= 0", name=op.f("ck_payment_hold_held_not_negative")),
        sa.ForeignKeyConstraint(["line_id"], ["vendor_invoice_line.id"], name=op.f("fk_payment_hold_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_hold")),
        comment="Days of a line on which vendor or coordinator was not authorized, with what is held back; never changed.",
    )
    op.create_index(op.f("ix_payment_hold_line_id"), "payment_hold", ["line_id"], unique=False)
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("approved", "denied", name="decisionoutcome", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "overrides",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="The critical requirements that are set aside: code, title and reason of each",
        ),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("recommended_by_id", sa.Integer(), nullable=False),
        sa.Column("recommended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_recommendation_application_id")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation_record.id"], name=op.f("fk_recommendation_evaluation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recommended_by_id"], ["account.id"], name=op.f("fk_recommendation_recommended_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("id", "recommended_by_id", name=op.f("uq_recommendation_id_recommended_by_id")),
        comment="What a reviewer recommends, and which critical requirements would be set aside and why; somebody else decides.",
    )
    op.create_index("ix_recommendation_application", "recommendation", ["application_id", "id"], unique=False)
    op.create_table(
        "reference_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["reference_request.id"], name=op.f("fk_reference_link_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reference_link_token_hash")),
        comment="The link in one letter to a referee; each letter has its own, because only its hash is kept.",
    )
    op.create_index(op.f("ix_reference_link_request_id"), "reference_link", ["request_id"], unique=False)
    op.create_table(
        "reference_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False, comment="Whom the reference is about"),
        sa.Column(
            "signed_name",
            sa.String(length=200),
            nullable=False,
            comment="As typed in place of a signature (M.G.L. c.110G)",
        ),
        sa.Column("text_id", sa.String(length=60), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False, comment="Hash of the text that was signed"),
        sa.Column("consent_id", sa.String(length=60), nullable=False),
        sa.Column("consent_version", sa.Integer(), nullable=False),
        sa.Column(
            "consent_sha256", sa.String(length=64), nullable=False, comment="Hash of what was agreed to before signing"
        ),
        sa.Column("address", sa.String(length=45), nullable=False, comment="IP address from which the form was sent"),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_reference_signature_evidence_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_reference_signature_party_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["reference_request.id"], name=op.f("fk_reference_signature_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_signature")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_reference_signature_evidence_id")),
        sa.UniqueConstraint("request_id", name=op.f("uq_reference_signature_request_id")),
        comment="How a referee signed the form; never changed, and the form itself is evidence.",
    )
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False, comment="Whom the statement is about"),
        sa.Column("requirement_code", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("account_name", sa.String(length=200), nullable=False, comment="The account's name on that day"),
        sa.Column("signed_name", sa.String(length=200), nullable=False, comment="As typed in place of a signature"),
        sa.Column(
            "signed_for",
            sa.String(length=40),
            nullable=False,
            comment="The party to the text, such as practice_manager",
        ),
        sa.Column(
            "authority",
            sa.Enum(
                "own_behalf",
                "owner",
                "officer",
                "physician_champion",
                "delegate",
                name="signingauthority",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False, comment="Empty for people who sign for themselves"),
        sa.Column("text_id", sa.String(length=60), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column(
            "text_sha256", sa.String(length=64), nullable=False, comment="Hash of the text that was shown and signed"
        ),
        sa.Column("consent_id", sa.String(length=60), nullable=False),
        sa.Column("consent_version", sa.Integer(), nullable=False),
        sa.Column(
            "consent_sha256", sa.String(length=64), nullable=False, comment="Hash of what was agreed to before signing"
        ),
        sa.Column(
            "address",
            sa.String(length=45),
            nullable=False,
            comment="IP address of the signer; shown to DPH and auditors only, and never logged",
        ),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signature_account_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_signature_evidence_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_signature_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_signature_evidence_id")),
        comment="How a statement was signed on the screen (M.G.L. c.110G); never changed, and the statement itself is evidence.",
    )
    op.create_index(op.f("ix_signature_account_id"), "signature", ["account_id"], unique=False)
    op.create_index("ix_signature_party", "signature", ["party_id", "requirement_code"], unique=False)
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False, comment="Whom the statement is about"),
        sa.Column("requirement_code", sa.String(length=20), nullable=False),
        sa.Column(
            "signed_for",
            sa.String(length=40),
            nullable=False,
            comment="The party to the text, such as practice_manager",
        ),
        sa.Column(
            "signer_id",
            sa.Integer(),
            nullable=True,
            comment="The account that signed, or on paper the one that has the signer's name",
        ),
        sa.Column(
            "signed_name",
            sa.String(length=200),
            nullable=False,
            comment="As typed in place of a signature, or on the paper",
        ),
        sa.Column(
            "rests_on",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="The facts on file that it rests on, as they stood: for each kind, words by key",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_statement_evidence_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_statement_party_id")),
        sa.ForeignKeyConstraint(["signer_id"], ["account.id"], name=op.f("fk_statement_signer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_statement_evidence_id")),
        comment="The facts that a signed statement rests on, kept when it was put on file; on the screen or on paper alike.",
    )
    op.create_index("ix_statement_party", "statement", ["party_id", "requirement_code"], unique=False)
    op.create_table(
        "submittal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column(
            "standard_version_id",
            sa.Integer(),
            nullable=False,
            comment="The version whose requirement was shown to whoever handed it in",
        ),
        sa.Column("requirement_code", sa.String(length=20), nullable=False),
        sa.Column("handed_in_on", sa.Date(), nullable=False, comment="Agency date"),
        sa.Column("due_on", sa.Date(), nullable=False, comment="By when DPH is to look at it"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_submittal_credential_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_submittal_evidence_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_submittal_party_id")),
        sa.ForeignKeyConstraint(
            ["standard_version_id"], ["standard_version.id"], name=op.f("fk_submittal_standard_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submittal")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_submittal_evidence_id")),
        comment="Evidence that a holder handed in without an application; it counts once DPH has accepted it.",
    )
    op.create_index(op.f("ix_submittal_credential_id"), "submittal", ["credential_id"], unique=False)
    op.create_index(op.f("ix_submittal_due_on"), "submittal", ["due_on"], unique=False)
    op.create_table(
        "completion_certificate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "issue", sa.Integer(), nullable=False, comment="1, and one more with each correction; the last one counts"
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column(
            "facts",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="All that is printed; the audit trail need not repeat it",
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_completion_certificate_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["account.id"], name=op.f("fk_completion_certificate_issued_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion_certificate")),
        sa.UniqueConstraint("enrolment_id", "issue", name=op.f("uq_completion_certificate_enrolment_id_issue")),
        sa.UniqueConstraint("number", name=op.f("uq_completion_certificate_number")),
        comment="What a certificate of completion says, frozen when it was issued; a correction issues the next one.",
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("approved", "denied", name="decisionoutcome", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("appeal_until", sa.Date(), nullable=True, comment="Last day to ask for a hearing after a denial"),
        sa.Column("recommendation_id", sa.Integer(), nullable=True),
        sa.Column("recommended_by_id", sa.Integer(), nullable=True, comment="Never the person who decided"),
        sa.Column(
            "overridden",
            sa.Boolean(),
            nullable=False,
            comment="Whether a critical requirement was set aside; the recommendation says which and why",
        ),
        sa.Column(
            "supersedes_id", sa.Integer(), nullable=True, comment="The denial that was set aside before this decision"
        ),
        sa.CheckConstraint(
            "(recommendation_id IS NULL) = (recommended_by_id IS NULL)", name=op.f("ck_decision_recommendation_whole")
        ),
        sa.CheckConstraint(
            "NOT overridden OR recommendation_id IS NOT NULL", name=op.f("ck_decision_override_was_recommended")
        ),
        sa.CheckConstraint("recommended_by_id <> decided_by_id", name=op.f("ck_decision_two_people")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_decision_application_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_decision_decided_by_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation_record.id"], name=op.f("fk_decision_evaluation_id")),
        sa.ForeignKeyConstraint(
            ["recommendation_id", "recommended_by_id"],
            ["recommendation.id", "recommendation.recommended_by_id"],
            name=op.f("fk_decision_recommendation_id"),
        ),
        sa.ForeignKeyConstraint(["supersedes_id"], ["decision.id"], name=op.f("fk_decision_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_decision_supersedes_id")),
        comment="How an application ended, on what evaluation, by whom and why; after a reopening a later one takes its place.",
    )
    op.create_index(
        "uq_decision_first",
        "decision",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "drift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("requirement_code", sa.String(length=20), nullable=False),
        sa.Column("fact", sa.String(length=60), nullable=False, comment="Which fact, such as sites:12"),
        sa.Column(
            "kind",
            sa.Enum(
                "name",
                "sites",
                "owners",
                "signer",
                "champions",
                name="factkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sentence", sa.String(length=500), nullable=False, comment="What changed, in words"),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column(
            "due_on",
            sa.Date(),
            nullable=False,
            comment="Last day to sign anew: 30 days after the change (272 CMR 3.05)",
        ),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the fact was found to be as before, or to have changed on another day",
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_drift_party_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_drift_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift")),
        comment="A fact under a signed statement that changed, so that it must be signed anew; open until that is done.",
    )
    op.create_index("ix_drift_party", "drift", ["party_id", "requirement_code"], unique=False)
    op.create_index(
        "uq_drift_standing",
        "drift",
        ["statement_id", "fact"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
        sqlite_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "fund_appeal_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "stands",
                "changed",
                "withdrawn",
                name="appealoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_to_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'changed') = (changed_to_id IS NOT NULL)", name=op.f("ck_fund_appeal_decision_changed_whole")
        ),
        sa.ForeignKeyConstraint(["appeal_id"], ["fund_appeal.id"], name=op.f("fk_fund_appeal_decision_appeal_id")),
        sa.ForeignKeyConstraint(
            ["changed_to_id"], ["assessment.id"], name=op.f("fk_fund_appeal_decision_changed_to_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_fund_appeal_decision_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_appeal_decision")),
        sa.UniqueConstraint("appeal_id", name=op.f("uq_fund_appeal_decision_appeal_id")),
        comment="How an appeal ended; a changed assessment is a new one that supersedes the old.",
    )
    op.create_table(
        "hold_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False, comment="Paid after all; otherwise denied for good"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_hold_decision_decided_by_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["payment_hold.id"], name=op.f("fk_hold_decision_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_decision")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_hold_decision_hold_id")),
        comment="Whether what was held back is paid, with the reason; never changed.",
    )
    op.create_table(
        "meeting_attendance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "finished_on",
            sa.Date(),
            nullable=True,
            comment="Of a course at one's own pace: the day on which the person finished",
        ),
        sa.Column(
            "marked_by",
            sa.Enum("sheet", "code", name="markedby", native_enum=False, create_constraint=True, length=40),
            nullable=False,
            comment="From the sign-in sheet, or by the code of the meeting",
        ),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("minutes >= 0 AND minutes <= 24000", name=op.f("ck_meeting_attendance_minutes_range")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_meeting_attendance_enrolment_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["session_meeting.id"], name=op.f("fk_meeting_attendance_meeting_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_meeting_attendance_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["meeting_attendance.id"], name=op.f("fk_meeting_attendance_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_attendance")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_meeting_attendance_supersedes_id")),
        comment="How long somebody was in a meeting; corrections supersede, nothing is overwritten.",
    )
    op.create_index(op.f("ix_meeting_attendance_meeting_id"), "meeting_attendance", ["meeting_id"], unique=False)
    op.create_index(
        "uq_meeting_attendance_now",
        "meeting_attendance",
        ["enrolment_id", "meeting_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "submittal_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submittal_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "pending",
                "accepted",
                "returned",
                "waived",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_submittal_review_reviewer_id")),
        sa.ForeignKeyConstraint(["submittal_id"], ["submittal.id"], name=op.f("fk_submittal_review_submittal_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["submittal_review.id"], name=op.f("fk_submittal_review_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submittal_review")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_submittal_review_supersedes_id")),
        comment="A reviewer's word on what was handed in; a correction supersedes the one before it, and the last one counts.",
    )
    op.create_index("ix_submittal_review_submittal", "submittal_review", ["submittal_id", "id"], unique=False)
    op.create_index(
        "uq_submittal_review_first",
        "submittal_review",
        ["submittal_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "training_completion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column(
            "vendor_id",
            sa.Integer(),
            nullable=True,
            comment="The vendor that recorded it; its list is read by this index",
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column(
            "provider_approved",
            sa.Boolean(),
            nullable=False,
            comment="What whoever entered it says; a reviewer's word in training_approval goes before it",
        ),
        sa.Column("course_code", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="Contact time; 60 minutes are one contact hour"),
        sa.Column("score", sa.Integer(), nullable=True, comment="Percent in the final assessment, where there was one"),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column(
            "enrolment_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The place in a session of the catalogue that earned the hours",
        ),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "import_id", sa.Integer(), nullable=True, comment="The file that it came with, or was taken back with"
        ),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, comment="This row only takes back the one it supersedes"),
        sa.CheckConstraint("minutes > 0 AND minutes <= 60000", name=op.f("ck_training_completion_minutes_range")),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_training_completion_coordinator_id")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_training_completion_enrolment_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_training_completion_file_id")),
        sa.ForeignKeyConstraint(["import_id"], ["training_import.id"], name=op.f("fk_training_completion_import_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_training_completion_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["training_completion.id"], name=op.f("fk_training_completion_supersedes_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor_organization.id"], name=op.f("fk_training_completion_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_completion")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_training_completion_supersedes_id")),
        comment="Contact hours of one category that a coordinator earned in one activity.",
    )
    op.create_index(
        "ix_training_completion_coordinator",
        "training_completion",
        ["coordinator_id", "superseded_at", "completed_on", "category", "withdrawn", "provider_approved", "minutes"],
        unique=False,
    )
    op.create_index(op.f("ix_training_completion_enrolment_id"), "training_completion", ["enrolment_id"], unique=False)
    op.create_index(
        "ix_training_completion_import",
        "training_completion",
        ["import_id", "id"],
        unique=False,
        postgresql_where=sa.text("import_id IS NOT NULL"),
        sqlite_where=sa.text("import_id IS NOT NULL"),
    )
    op.create_index("ix_training_completion_vendor", "training_completion", ["vendor_id", "id"], unique=False)
    op.create_table(
        "action_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("party_name", sa.String(length=200), nullable=False, comment="The holder's name on that day"),
        sa.Column(
            "status_event_id",
            sa.Integer(),
            nullable=True,
            comment="The event as it was first recorded; for a notice that it ends, as it ended",
        ),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("stage_id", sa.Integer(), nullable=True, comment="The return to the applicant that it tells of"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "practice_allowed",
            sa.Boolean(),
            nullable=True,
            comment="Whether the holder may practice while it lasts; empty where it is not about a term",
        ),
        sa.Column("appeal_until", sa.Date(), nullable=True, comment="Last day to ask for a hearing; empty without one"),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "issued_by_name",
            sa.String(length=200),
            nullable=False,
            comment="Who signed it, by the account's name on that day",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN status_event_id IS NULL THEN 0 ELSE 1 END + CASE WHEN decision_id IS NULL THEN 0 ELSE 1 END + CASE WHEN stage_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_action_notice_of_one_action"),
        ),
        sa.CheckConstraint(
            "appeal_until IS NULL OR appeal_until >= issued_on", name=op.f("ck_action_notice_appeal_after_issue")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_action_notice_decision_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["account.id"], name=op.f("fk_action_notice_issued_by_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_action_notice_party_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["application_stage.id"], name=op.f("fk_action_notice_stage_id")),
        sa.ForeignKeyConstraint(
            ["status_event_id"], ["status_event.id"], name=op.f("fk_action_notice_status_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_notice")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_action_notice_decision_id")),
        sa.UniqueConstraint("stage_id", name=op.f("uq_action_notice_stage_id")),
        sa.UniqueConstraint("status_event_id", name=op.f("uq_action_notice_status_event_id")),
        comment="The notice of an action on a credential, a denial, or what an application lacks, in the words that went out.",
    )
    op.create_index(op.f("ix_action_notice_party_id"), "action_notice", ["party_id"], unique=False)
    op.create_table(
        "training_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("completion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["training_completion.id"], name=op.f("fk_training_approval_completion_id")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_training_approval_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_approval")),
        comment="A reviewer's word on whether a training is approved, whatever was said when it was entered; the latest counts.",
    )
    op.create_index("ix_training_approval_completion", "training_approval", ["completion_id", "id"], unique=False)
    op.create_table(
        "training_import_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False, comment="As the spreadsheet counts"),
        sa.Column(
            "outcome",
            sa.Enum(
                "ready",
                "doubtful",
                "refused",
                "on_file",
                "twice",
                "left_out",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False, comment="Why it is left out, as a sentence"),
        sa.Column(
            "problems",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=True,
            comment="Column, what is there, what to do; for a row to correct",
        ),
        sa.Column("who", sa.String(length=254), nullable=False, comment="The person as the file says"),
        sa.Column("coordinator_id", sa.Integer(), nullable=True),
        sa.Column("doubt_id", sa.Integer(), nullable=True),
        sa.Column(
            "on_file_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The entry that is the same training; for a row that is on file",
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column("provider_approved", sa.Boolean(), nullable=False),
        sa.Column("course_code", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_training_import_row_coordinator_id")
        ),
        sa.ForeignKeyConstraint(
            ["doubt_id"], ["training_import_doubt.id"], name=op.f("fk_training_import_row_doubt_id")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["training_import.id"], name=op.f("fk_training_import_row_import_id")),
        sa.ForeignKeyConstraint(
            ["on_file_id"], ["training_completion.id"], name=op.f("fk_training_import_row_on_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_import_row")),
        comment="A row of a file as it was understood, and what becomes of it.",
    )
    op.create_index(
        "ix_training_import_row_on_file",
        "training_import_row",
        ["on_file_id"],
        unique=False,
        postgresql_where=sa.text("on_file_id IS NOT NULL"),
        sqlite_where=sa.text("on_file_id IS NOT NULL"),
    )
    op.create_index(
        "ix_training_import_row_outcome", "training_import_row", ["import_id", "outcome", "row"], unique=False
    )
    op.create_index(
        "ix_training_import_row_person", "training_import_row", ["import_id", "coordinator_id"], unique=False
    )
    op.create_table(
        "hearing_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "requested",
                "scheduled",
                "held",
                "decided",
                name="hearingstep",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "happened_on", sa.Date(), nullable=False, comment="For a scheduled hearing the day that it is planned for"
        ),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "upheld",
                "modified",
                "reversed",
                name="hearingoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IS NULL OR step = 'decided'", name=op.f("ck_hearing_entry_outcome_of_decision")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_hearing_entry_file_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["action_notice.id"], name=op.f("fk_hearing_entry_notice_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_hearing_entry_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_entry")),
        comment="One step of a hearing: asked for, scheduled, held or decided.",
    )
    op.create_index("ix_hearing_entry_notice", "hearing_entry", ["notice_id", "id"], unique=False)

    for statement in PROTECT[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in UNPROTECT[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)

    op.drop_index("ix_hearing_entry_notice", table_name="hearing_entry")
    op.drop_table("hearing_entry")
    op.drop_index("ix_training_import_row_person", table_name="training_import_row")
    op.drop_index("ix_training_import_row_outcome", table_name="training_import_row")
    op.drop_index(
        "ix_training_import_row_on_file",
        table_name="training_import_row",
        postgresql_where=sa.text("on_file_id IS NOT NULL"),
        sqlite_where=sa.text("on_file_id IS NOT NULL"),
    )
    op.drop_table("training_import_row")
    op.drop_index("ix_training_approval_completion", table_name="training_approval")
    op.drop_table("training_approval")
    op.drop_index(op.f("ix_action_notice_party_id"), table_name="action_notice")
    op.drop_table("action_notice")
    op.drop_index("ix_training_completion_vendor", table_name="training_completion")
    op.drop_index(
        "ix_training_completion_import",
        table_name="training_completion",
        postgresql_where=sa.text("import_id IS NOT NULL"),
        sqlite_where=sa.text("import_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_training_completion_enrolment_id"), table_name="training_completion")
    op.drop_index("ix_training_completion_coordinator", table_name="training_completion")
    op.drop_table("training_completion")
    op.drop_index(
        "uq_submittal_review_first",
        table_name="submittal_review",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index("ix_submittal_review_submittal", table_name="submittal_review")
    op.drop_table("submittal_review")
    op.drop_index(
        "uq_meeting_attendance_now",
        table_name="meeting_attendance",
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(op.f("ix_meeting_attendance_meeting_id"), table_name="meeting_attendance")
    op.drop_table("meeting_attendance")
    op.drop_table("hold_decision")
    op.drop_table("fund_appeal_decision")
    op.drop_index(
        "uq_drift_standing",
        table_name="drift",
        postgresql_where=sa.text("withdrawn_at IS NULL"),
        sqlite_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_index("ix_drift_party", table_name="drift")
    op.drop_table("drift")
    op.drop_index(
        "uq_decision_first",
        table_name="decision",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_table("decision")
    op.drop_table("completion_certificate")
    op.drop_index(op.f("ix_submittal_due_on"), table_name="submittal")
    op.drop_index(op.f("ix_submittal_credential_id"), table_name="submittal")
    op.drop_table("submittal")
    op.drop_index("ix_statement_party", table_name="statement")
    op.drop_table("statement")
    op.drop_index("ix_signature_party", table_name="signature")
    op.drop_index(op.f("ix_signature_account_id"), table_name="signature")
    op.drop_table("signature")
    op.drop_table("reference_signature")
    op.drop_index(op.f("ix_reference_link_request_id"), table_name="reference_link")
    op.drop_table("reference_link")
    op.drop_index("ix_recommendation_application", table_name="recommendation")
    op.drop_table("recommendation")
    op.drop_index(op.f("ix_payment_hold_line_id"), table_name="payment_hold")
    op.drop_table("payment_hold")
    op.drop_index(
        "uq_payer_answer_first",
        table_name="payer_answer",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index("ix_payer_answer_line", table_name="payer_answer")
    op.drop_table("payer_answer")
    op.drop_index("ix_order_effect_granted", table_name="order_effect")
    op.drop_index(op.f("ix_order_effect_before_id"), table_name="order_effect")
    op.drop_index(op.f("ix_order_effect_after_id"), table_name="order_effect")
    op.drop_table("order_effect")
    op.drop_index("ix_ledger_posting_entry", table_name="ledger_posting")
    op.drop_table("ledger_posting")
    op.drop_index("ix_item_review_application", table_name="item_review")
    op.drop_table("item_review")
    op.drop_table("instalment")
    op.drop_table("fund_notice")
    op.drop_table("fund_appeal")
    op.drop_index("ix_fund_adjustment_from", table_name="fund_adjustment")
    op.drop_table("fund_adjustment")
    op.drop_index(
        "uq_enrolment_live",
        table_name="enrolment",
        postgresql_where=sa.text(
            "status IN ('enrolled', 'completed', 'in_part', 'not_completed', 'no_show', 'waitlisted')"
        ),
        sqlite_where=sa.text(
            "status IN ('enrolled', 'completed', 'in_part', 'not_completed', 'no_show', 'waitlisted')"
        ),
    )
    op.drop_index("ix_enrolment_vendor", table_name="enrolment")
    op.drop_index("ix_enrolment_session", table_name="enrolment")
    op.drop_index("ix_enrolment_coordinator", table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_index(op.f("ix_corrective_milestone_plan_id"), table_name="corrective_milestone")
    op.drop_table("corrective_milestone")
    op.drop_index(op.f("ix_corrective_answer_plan_id"), table_name="corrective_answer")
    op.drop_table("corrective_answer")
    op.drop_index(op.f("ix_correction_credential_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(op.f("ix_contract_open_item_step_id"), table_name="contract_open_item")
    op.drop_table("contract_open_item")
    op.drop_index(
        "uq_certificate_first",
        table_name="certificate",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index(op.f("ix_certificate_sha256"), table_name="certificate")
    op.drop_index(op.f("ix_certificate_credential_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_index(
        "uq_ce_result_first",
        table_name="ce_result",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index("ix_ce_result_selection", table_name="ce_result")
    op.drop_table("ce_result")
    op.drop_index(op.f("ix_ce_proof_selection_id"), table_name="ce_proof")
    op.drop_table("ce_proof")
    op.drop_index(op.f("ix_vendor_payment_invoice_id"), table_name="vendor_payment")
    op.drop_table("vendor_payment")
    op.drop_index(op.f("ix_vendor_invoice_line_invoice_id"), table_name="vendor_invoice_line")
    op.drop_index(op.f("ix_vendor_invoice_line_coordinator_id"), table_name="vendor_invoice_line")
    op.drop_index(op.f("ix_vendor_invoice_line_adds_to_id"), table_name="vendor_invoice_line")
    op.drop_table("vendor_invoice_line")
    op.drop_index("ix_true_up_line_payer", table_name="true_up_line")
    op.drop_table("true_up_line")
    op.drop_table("standard_preview_holder")
    op.drop_index("ix_session_meeting_session", table_name="session_meeting")
    op.drop_table("session_meeting")
    op.drop_index(op.f("ix_session_evaluation_session_id"), table_name="session_evaluation")
    op.drop_table("session_evaluation")
    op.drop_index("ix_requirement_note_application", table_name="requirement_note")
    op.drop_table("requirement_note")
    op.drop_index(
        "uq_reference_request_email",
        table_name="reference_request",
        postgresql_where=sa.text("cancelled_at IS NULL"),
        sqlite_where=sa.text("cancelled_at IS NULL"),
    )
    op.drop_index("ix_reference_request_waiting", table_name="reference_request")
    op.drop_index(op.f("ix_reference_request_party_id"), table_name="reference_request")
    op.drop_table("reference_request")
    op.drop_index("ix_proposal_line_region", table_name="proposal_line")
    op.drop_index("ix_proposal_line_proposal", table_name="proposal_line")
    op.drop_index(
        "ix_proposal_line_declined",
        table_name="proposal_line",
        postgresql_where=sa.text("decision = 'declined' AND lifted_at IS NULL"),
        sqlite_where=sa.text("decision = 'declined' AND lifted_at IS NULL"),
    )
    op.drop_index("ix_proposal_line_coordinator", table_name="proposal_line")
    op.drop_table("proposal_line")
    op.drop_index("ix_ledger_entry_year", table_name="ledger_entry")
    op.drop_index("ix_ledger_entry_payer", table_name="ledger_entry")
    op.drop_index("ix_ledger_entry_movement", table_name="ledger_entry")
    op.drop_index("ix_ledger_entry_invoice", table_name="ledger_entry")
    op.drop_index("ix_ledger_entry_contract", table_name="ledger_entry")
    op.drop_table("ledger_entry")
    op.drop_index("ix_fund_year_event_year", table_name="fund_year_event")
    op.drop_table("fund_year_event")
    op.drop_index("ix_evidence_party", table_name="evidence")
    op.drop_index(op.f("ix_evidence_application_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("ix_evaluation_record_application", table_name="evaluation_record")
    op.drop_table("evaluation_record")
    op.drop_index("ix_employer_change_effect_employment", table_name="employer_change_effect")
    op.drop_index("ix_employer_change_effect_employer", table_name="employer_change_effect")
    op.drop_index("ix_employer_change_effect_change", table_name="employer_change_effect")
    op.drop_table("employer_change_effect")
    op.drop_index(
        "uq_credential_period_start",
        table_name="credential_period",
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index("ix_credential_period_expiry", table_name="credential_period")
    op.drop_index(op.f("ix_credential_period_application_id"), table_name="credential_period")
    op.drop_table("credential_period")
    op.drop_table("course_session_seat")
    op.drop_index("ix_corrective_action_plan_contract", table_name="corrective_action_plan")
    op.drop_table("corrective_action_plan")
    op.drop_index("ix_contract_step_contract", table_name="contract_step")
    op.drop_index(op.f("ix_contract_step_amendment_id"), table_name="contract_step")
    op.drop_table("contract_step")
    op.drop_index(op.f("ix_contract_rate_contract_id"), table_name="contract_rate")
    op.drop_index(op.f("ix_contract_rate_amendment_id"), table_name="contract_rate")
    op.drop_table("contract_rate")
    op.drop_index(op.f("ix_contract_period_supersedes_id"), table_name="contract_period")
    op.drop_index("ix_contract_period_contract", table_name="contract_period")
    op.drop_table("contract_period")
    op.drop_index(op.f("ix_ce_selection_party_id"), table_name="ce_selection")
    op.drop_table("ce_selection")
    op.drop_index(op.f("ix_caseload_question_move_question_id"), table_name="caseload_question_move")
    op.drop_table("caseload_question_move")
    op.drop_table("caseload_count")
    op.drop_index("ix_budget_line_year", table_name="budget_line")
    op.drop_index("ix_budget_line_contract", table_name="budget_line")
    op.drop_index(op.f("ix_budget_line_amendment_id"), table_name="budget_line")
    op.drop_table("budget_line")
    op.drop_index(
        "uq_assessment_first",
        table_name="assessment",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index("ix_assessment_year", table_name="assessment")
    op.drop_index("ix_assessment_payer", table_name="assessment")
    op.drop_table("assessment")
    op.drop_index("ix_application_stage_application", table_name="application_stage")
    op.drop_table("application_stage")
    op.drop_index("ix_vendor_invoice_year", table_name="vendor_invoice")
    op.drop_index(op.f("ix_vendor_invoice_supplements_id"), table_name="vendor_invoice")
    op.drop_index("ix_vendor_invoice_contract", table_name="vendor_invoice")
    op.drop_table("vendor_invoice")
    op.drop_index("ix_training_import_doubt_import", table_name="training_import_doubt")
    op.drop_table("training_import_doubt")
    op.drop_index(
        "uq_standard_preview_waiting",
        table_name="standard_preview",
        postgresql_where=sa.text("finished_at IS NULL"),
        sqlite_where=sa.text("finished_at IS NULL"),
    )
    op.drop_index(op.f("ix_standard_preview_standard_version_id"), table_name="standard_preview")
    op.drop_table("standard_preview")
    op.drop_index(op.f("ix_site_visit_contract_id"), table_name="site_visit")
    op.drop_table("site_visit")
    op.drop_index("ix_self_assessment_result_party", table_name="self_assessment_result")
    op.drop_table("self_assessment_result")
    op.drop_index("ix_self_assessment_respondent_assessment", table_name="self_assessment_respondent")
    op.drop_table("self_assessment_respondent")
    op.drop_index("ix_roster_import_vendor", table_name="roster_import")
    op.drop_table("roster_import")
    op.drop_index("ix_reminder_notice_waiting", table_name="reminder_notice")
    op.drop_index("ix_reminder_notice_message", table_name="reminder_notice")
    op.drop_table("reminder_notice")
    op.drop_table("record_merge_item")
    op.drop_index("ix_proposal_unmet_region", table_name="proposal_unmet")
    op.drop_table("proposal_unmet")
    op.drop_table("proposal_left_out")
    op.drop_index(
        "uq_payer_base_standing",
        table_name="payer_base",
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index("ix_payer_base_payer", table_name="payer_base")
    op.drop_table("payer_base")
    op.drop_table("order_revocation")
    op.drop_index(op.f("ix_licence_check_licence_id"), table_name="licence_check")
    op.drop_index("ix_licence_check_coordinator", table_name="licence_check")
    op.drop_table("licence_check")
    op.drop_table("last_day_proposal")
    op.drop_index("ix_fund_write_off_account", table_name="fund_write_off")
    op.drop_table("fund_write_off")
    op.drop_index(
        "uq_fund_units_standing",
        table_name="fund_units",
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_table("fund_units")
    op.drop_index(
        "uq_fund_true_up_first",
        table_name="fund_true_up",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index("ix_fund_true_up_year", table_name="fund_true_up")
    op.drop_table("fund_true_up")
    op.drop_table("fund_referral")
    op.drop_index("ix_fund_payment_account", table_name="fund_payment")
    op.drop_table("fund_payment")
    op.drop_index("ix_fund_movement_year", table_name="fund_movement")
    op.drop_table("fund_movement")
    op.drop_index("ix_fund_line_year", table_name="fund_line")
    op.drop_table("fund_line")
    op.drop_index(
        "uq_fund_allocation_first",
        table_name="fund_allocation",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index("ix_fund_allocation_year", table_name="fund_allocation")
    op.drop_table("fund_allocation")
    op.drop_table("employer_change_practice")
    op.drop_index(op.f("ix_employer_change_link_change_id"), table_name="employer_change_link")
    op.drop_table("employer_change_link")
    op.drop_table("employer_change_answer")
    op.drop_index("ix_debarment_check_vendor", table_name="debarment_check")
    op.drop_index(op.f("ix_debarment_check_contract_id"), table_name="debarment_check")
    op.drop_table("debarment_check")
    op.drop_index(op.f("ix_course_tag_tag"), table_name="course_tag")
    op.drop_table("course_tag")
    op.drop_index("ix_course_session_places", table_name="course_session")
    op.drop_index("ix_course_session_course", table_name="course_session")
    op.drop_table("course_session")
    op.drop_index(op.f("ix_course_prerequisite_needs_id"), table_name="course_prerequisite")
    op.drop_table("course_prerequisite")
    op.drop_table("course_language")
    op.drop_table("course_hours")
    op.drop_table("convening_topic")
    op.drop_index("ix_convening_theme_domain", table_name="convening_theme")
    op.drop_index("ix_convening_theme_convening", table_name="convening_theme")
    op.drop_table("convening_theme")
    op.drop_index("ix_convening_invitation_person", table_name="convening_invitation")
    op.drop_table("convening_invitation")
    op.drop_index(
        "uq_convening_attendance_first",
        table_name="convening_attendance",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index("ix_convening_attendance_person", table_name="convening_attendance")
    op.drop_table("convening_attendance")
    op.drop_index("ix_convening_answer_person", table_name="convening_answer")
    op.drop_index(op.f("ix_convening_answer_convening_id"), table_name="convening_answer")
    op.drop_table("convening_answer")
    op.drop_table("contract_document_id")
    op.drop_table("contract_amendment")
    op.drop_index(
        "ix_caseload_question_waiting",
        table_name="caseload_question",
        postgresql_where=sa.text("state IN ('open', 'answered')"),
        sqlite_where=sa.text("state IN ('open', 'answered')"),
    )
    op.drop_index("ix_caseload_question_vendor", table_name="caseload_question")
    op.drop_index(op.f("ix_caseload_question_report_id"), table_name="caseload_question")
    op.drop_index(op.f("ix_caseload_question_coordinator_id"), table_name="caseload_question")
    op.drop_table("caseload_question")
    op.drop_index(op.f("ix_caseload_line_practice_id"), table_name="caseload_line")
    op.drop_index("ix_caseload_line_coordinator", table_name="caseload_line")
    op.drop_table("caseload_line")
    op.drop_index("ix_assignment_vendor_open", table_name="assignment")
    op.drop_index(op.f("ix_assignment_practice_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_coordinator_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_contract_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(
        "uq_application_open",
        table_name="application",
        postgresql_where=sa.text("status IN ('draft','submitted','incomplete','under_review','recommended')"),
        sqlite_where=sa.text("status IN ('draft','submitted','incomplete','under_review','recommended')"),
    )
    op.drop_index("ix_application_reviewer", table_name="application")
    op.drop_index("ix_application_queue", table_name="application")
    op.drop_index(op.f("ix_application_party_id"), table_name="application")
    op.drop_index("ix_application_owner", table_name="application")
    op.drop_index("ix_application_due", table_name="application")
    op.drop_index("ix_application_credential", table_name="application")
    op.drop_index("ix_application_closed", table_name="application")
    op.drop_table("application")
    op.drop_index(
        "uq_announcement_order",
        table_name="announcement",
        postgresql_where=sa.text("order_id IS NOT NULL"),
        sqlite_where=sa.text("order_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_announcement_inviting",
        table_name="announcement",
        postgresql_where=sa.text("news = 'invitation' AND finished_at IS NULL"),
        sqlite_where=sa.text("news = 'invitation' AND finished_at IS NULL"),
    )
    op.drop_index(
        "ix_announcement_waiting",
        table_name="announcement",
        postgresql_where=sa.text("finished_at IS NULL"),
        sqlite_where=sa.text("finished_at IS NULL"),
    )
    op.drop_index("ix_announcement_convening", table_name="announcement")
    op.drop_table("announcement")
    op.drop_index("ix_user_session_user", table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(
        "uq_training_mapping_vendor_name",
        table_name="training_mapping",
        postgresql_where=sa.text("vendor_id IS NOT NULL"),
        sqlite_where=sa.text("vendor_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_training_mapping_dph_name",
        table_name="training_mapping",
        postgresql_where=sa.text("vendor_id IS NULL"),
        sqlite_where=sa.text("vendor_id IS NULL"),
    )
    op.drop_table("training_mapping")
    op.drop_index(
        "ix_training_import_work",
        table_name="training_import",
        postgresql_where=sa.text("work IS NOT NULL"),
        sqlite_where=sa.text("work IS NOT NULL"),
    )
    op.drop_index("ix_training_import_vendor", table_name="training_import")
    op.drop_table("training_import")
    op.drop_index(
        "uq_told_apart_pair",
        table_name="told_apart",
        postgresql_where=sa.text("taken_back_at IS NULL"),
        sqlite_where=sa.text("taken_back_at IS NULL"),
    )
    op.drop_index(op.f("ix_told_apart_other_id"), table_name="told_apart")
    op.drop_table("told_apart")
    op.drop_index(op.f("ix_stored_file_sha256"), table_name="stored_file")
    op.drop_index(op.f("ix_stored_file_party_id"), table_name="stored_file")
    op.drop_index(op.f("ix_stored_file_owner_id"), table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_index("ix_status_event_credential", table_name="status_event")
    op.drop_table("status_event")
    op.drop_index(
        "uq_standard_version_draft",
        table_name="standard_version",
        postgresql_where=sa.text("status = 'draft'"),
        sqlite_where=sa.text("status = 'draft'"),
    )
    op.drop_table("standard_version")
    op.drop_index(
        "uq_self_assessment_open",
        table_name="self_assessment",
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_self_assessment_party", table_name="self_assessment")
    op.drop_table("self_assessment")
    op.drop_index("ix_reminder_planned", table_name="reminder")
    op.drop_table("reminder")
    op.drop_index(
        "uq_record_merge_absorbed",
        table_name="record_merge",
        postgresql_where=sa.text("undone_at IS NULL"),
        sqlite_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index(op.f("ix_record_merge_kept_id"), table_name="record_merge")
    op.drop_table("record_merge")
    op.drop_index("ix_provider_qualification_vendor", table_name="provider_qualification")
    op.drop_table("provider_qualification")
    op.drop_index(
        "ix_proposal_waiting",
        table_name="proposal",
        postgresql_where=sa.text("finished_at IS NULL OR accept_asked_at IS NOT NULL"),
        sqlite_where=sa.text("finished_at IS NULL OR accept_asked_at IS NOT NULL"),
    )
    op.drop_index("ix_proposal_vendor", table_name="proposal")
    op.drop_table("proposal")
    op.drop_index(op.f("ix_practice_site_practice_id"), table_name="practice_site")
    op.drop_table("practice_site")
    op.drop_index(
        "uq_practice_need_standing",
        table_name="practice_need",
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_table("practice_need")
    op.drop_index("ix_payer_sort", table_name="payer")
    op.drop_table("payer")
    op.drop_index(op.f("ix_password_reset_user_id"), table_name="password_reset")
    op.drop_table("password_reset")
    op.drop_index(op.f("ix_invitation_party_id"), table_name="invitation")
    op.drop_index(op.f("ix_invitation_email"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index("ix_insurance_policy_vendor", table_name="insurance_policy")
    op.drop_table("insurance_policy")
    op.drop_table("fund_year")
    op.drop_table("form_submission")
    op.drop_index(
        "uq_financial_report_first",
        table_name="financial_report",
        sqlite_where=sa.text("supersedes_id IS NULL"),
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_table("financial_report")
    op.drop_index("ix_family_feedback_party", table_name="family_feedback")
    op.drop_table("family_feedback")
    op.drop_index(op.f("ix_external_licence_expires_on"), table_name="external_licence")
    op.drop_index("ix_external_licence_coordinator", table_name="external_licence")
    op.drop_table("external_licence")
    op.drop_index("ix_exposure_notice_vendor", table_name="exposure_notice")
    op.drop_index("ix_exposure_notice_recipient", table_name="exposure_notice")
    op.drop_index("ix_exposure_notice_practice", table_name="exposure_notice")
    op.drop_index("ix_exposure_notice_message", table_name="exposure_notice")
    op.drop_index("ix_exposure_notice_link", table_name="exposure_notice")
    op.drop_index("ix_exposure_notice_end", table_name="exposure_notice")
    op.drop_table("exposure_notice")
    op.drop_index("ix_employment_employer_open", table_name="employment")
    op.drop_index("ix_employment_coordinator", table_name="employment")
    op.drop_table("employment")
    op.drop_index("ix_employer_change_waiting", table_name="employer_change")
    op.drop_index("ix_employer_change_vendor", table_name="employer_change")
    op.drop_index("ix_employer_change_party", table_name="employer_change")
    op.drop_table("employer_change")
    op.drop_index(op.f("ix_course_program_id"), table_name="course")
    op.drop_index(op.f("ix_course_external_course_id"), table_name="course")
    op.drop_table("course")
    op.drop_index("ix_convening_held", table_name="convening")
    op.drop_table("convening")
    op.drop_index("ix_contract_vendor", table_name="contract")
    op.drop_table("contract")
    op.drop_index(
        "uq_champion_open",
        table_name="champion",
        postgresql_where=sa.text("superseded_at IS NULL AND ends_on IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL AND ends_on IS NULL"),
    )
    op.drop_index("ix_champion_practice", table_name="champion")
    op.drop_table("champion")
    op.drop_table("ce_audit")
    op.drop_index("ix_caseload_sheet_vendor", table_name="caseload_sheet")
    op.drop_table("caseload_sheet")
    op.drop_index(
        "uq_caseload_report_standing",
        table_name="caseload_report",
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index("ix_caseload_report_month", table_name="caseload_report")
    op.drop_table("caseload_report")
    op.drop_table("caseload_draft")
    op.drop_index(
        "uq_calendar_feed_account",
        table_name="calendar_feed",
        postgresql_where=sa.text("revoked_at IS NULL"),
        sqlite_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_calendar_feed_user_id"), table_name="calendar_feed")
    op.drop_table("calendar_feed")
    op.drop_index(op.f("ix_board_order_in_force_at"), table_name="board_order")
    op.drop_table("board_order")
    op.drop_index("ix_access_log_user", table_name="access_log")
    op.drop_index("ix_access_log_party", table_name="access_log")
    op.drop_table("access_log")
    op.drop_table("vendor_organization")
    op.drop_table("training_program")
    op.drop_index(op.f("ix_practice_npi"), table_name="practice")
    op.drop_table("practice")
    op.drop_table("party_language")
    op.drop_index(op.f("ix_ownership_stake_party_id"), table_name="ownership_stake")
    op.drop_index(op.f("ix_ownership_stake_group_id"), table_name="ownership_stake")
    op.drop_table("ownership_stake")
    op.drop_index("ix_obligation_party", table_name="obligation")
    op.drop_index("ix_obligation_open", table_name="obligation")
    op.drop_table("obligation")
    op.drop_index("ix_message_queue", table_name="message")
    op.drop_index("ix_message_party", table_name="message")
    op.drop_table("message")
    op.drop_index("ix_credential_subject", table_name="credential")
    op.drop_table("credential")
    op.drop_index(
        "ix_coordinator_merged",
        table_name="coordinator",
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_coordinator_discipline"), table_name="coordinator")
    op.drop_table("coordinator")
    op.drop_index(op.f("ix_contact_party_id"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(op.f("ix_account_party_id"), table_name="account")
    op.drop_table("account")
    op.drop_index(
        "uq_party_coordinator_email",
        table_name="party",
        postgresql_where=sa.text("kind = 'coordinator'"),
        sqlite_where=sa.text("kind = 'coordinator'"),
    )
    op.drop_index(op.f("ix_party_municipality_id"), table_name="party")
    op.drop_index("ix_party_kind_sort", table_name="party")
    op.drop_index("ix_party_kind_region_sort", table_name="party")
    op.drop_index(op.f("ix_party_email"), table_name="party")
    op.drop_table("party")
    op.drop_index(op.f("ix_standard_set_subject_type"), table_name="standard_set")
    op.drop_table("standard_set")
    op.drop_table("sign_in_throttle")
    op.drop_table("reminder_start")
    op.drop_table("ownership_group")
    op.drop_table("number_sequence")
    op.drop_index(op.f("ix_municipality_region"), table_name="municipality")
    op.drop_table("municipality")
    op.drop_table("ledger_head")
    op.drop_table("lease")
    op.drop_index("ix_job_run_name", table_name="job_run")
    op.drop_table("job_run")
    op.drop_table("audit_head")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_index("ix_audit_entry_party", table_name="audit_entry")
    op.drop_index("ix_audit_entry_actor", table_name="audit_entry")
    op.drop_index("ix_audit_entry_action", table_name="audit_entry")
    op.drop_table("audit_entry")

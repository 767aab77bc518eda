"""What the audit trail says of the pooled fund, by the value of each action."""

FUND_SENTENCES = {
    "payer.registered": "registered a payer of the pooled fund",
    "payer.changed": "changed a payer of the pooled fund",
    "fund_year.opened": "opened a year of the pooled fund",
    "fund_year.configured": "changed the choices of a fund year",
    "fund_line.added": "added a line to the need of a fund year",
    "fund_line.withdrawn": "took a line out of the need of a fund year",
    "fund_units.recorded": "recorded child-months of a fund year",
    "payer_base.recorded": "recorded the base of a payer",
    "fund_shares.adopted": "adopted the shares of a fund year",
    "fund_notices.issued": "issued the notices of assessment of a fund year",
    "fund_payment.recorded": "recorded a payment to the pooled fund",
    "fund_payment.reversed": "reversed a payment to the pooled fund",
    "fund_payment.refunded": "recorded money paid back from the pooled fund",
    "assessment.written_off": "wrote off what a payer will not pay",
    "instalment.referred": "referred an overdue instalment",
    "fund_appeal.filed": "recorded an appeal against an assessment",
    "fund_appeal.decided": "decided an appeal against an assessment",
    "fund_year.trued_up": "recorded the true-up of a fund year",
    "fund_year.closed": "closed a fund year",
    "fund_year.reopened": "opened a closed fund year again",
}

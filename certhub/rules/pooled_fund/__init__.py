"""The pooled fund of a fiscal year: what is needed, who bears it, when it is due, and the true-up."""

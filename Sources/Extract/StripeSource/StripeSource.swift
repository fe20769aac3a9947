// The room Extract/StripeSource is not written yet.

package center

import "github.com/openparley/parley/internal/store"

// lens is how a contact is to be analysed, as events and records tell it. Source: administrator guide, contact records, ContactLens.
type lens struct {
	ConversationalAnalytics struct{ Configuration lensConfiguration }
}

type lensConfiguration struct {
	Enabled                *bool
	ChannelConfiguration   struct{ AnalyticsModes []string }
	LanguageLocale         string
	RedactionConfiguration *lensRedaction
}

type lensRedaction struct {
	Behavior, Policy, MaskMode string
	Entities                   []string
}

func contactLens(a *store.Analytics) lens {
	var l lens
	c := &l.ConversationalAnalytics.Configuration
	c.Enabled, c.LanguageLocale, c.ChannelConfiguration.AnalyticsModes = &a.Enabled, a.Language, a.Modes
	c.RedactionConfiguration = &lensRedaction{Behavior: "Disable", Policy: a.Policy, MaskMode: a.MaskMode, Entities: a.Entities}
	if a.Redacts {
		c.RedactionConfiguration.Behavior = "Enable"
	}
	return l
}

package flow

// updateRecording keeps how the contact is to be analysed; in a chat nothing is recorded. The action has no error branch. Source: flow sheet,
// 11.27.
func updateRecording(_ *run, _ *action, in args) outcome {
	behavior, ok := in["AnalyticsBehavior"].(map[string]any)
	if !ok {
		return outcome{}
	}
	set := analytics(behavior)
	channels, _ := behavior["ChannelConfiguration"].(map[string]any)
	chat, _ := channels["Chat"].(map[string]any)
	set.Modes = words(chat["AnalyticsModes"])
	set.Enabled = set.Enabled && len(set.Modes) > 0 // older forms mean calls
	set.Redacts = args(behavior).is("AnalyticsRedactionBehavior", "Enabled")
	set.Policy, _ = args(behavior).text("AnalyticsRedactionResults")
	set.MaskMode, _ = args(behavior).text("AnalyticsRedactionMaskMode")
	return outcome{effect: set}
}

// updateAnalytics does the same for one channel. Messages are not changed on their way, and the flow is told so. Source: flow sheet, 11.28.
func updateAnalytics(_ *run, a *action, in args) outcome {
	if _, given := a.params["VoiceBehavior"]; given {
		return outcome{failed: channelMismatch, detail: "a chat is no call"}
	}
	if _, given := a.params["ScreenRecordingBehavior"]; given {
		return outcome{}
	}
	chat, _ := in["ChatBehavior"].(map[string]any)
	behavior, ok := chat["ChatAnalyticsBehavior"].(map[string]any)
	if !ok {
		return fails("no ChatAnalyticsBehavior")
	}
	if inFlight, _ := behavior["InFlightChatRedactionConfiguration"].(map[string]any); args(inFlight).is("Enabled", "true") {
		return outcome{failed: redactionFailed, detail: "messages are not redacted on their way"}
	}
	set := analytics(behavior)
	set.Modes = words(behavior["AnalyticsModes"])
	redaction, _ := behavior["ConversationalAnalyticsRedactionConfiguration"].(map[string]any)
	set.Redacts = args(redaction).is("Enabled", "true")
	set.Policy, _ = args(redaction).text("RedactionResults")
	set.MaskMode, _ = args(redaction).text("RedactionMaskMode")
	set.Entities = words(redaction["RedactionEntities"])
	return outcome{effect: set}
}

// analytics are the members that both actions have.
func analytics(behavior map[string]any) SetAnalytics {
	set := SetAnalytics{Enabled: args(behavior).is("Enabled", "true")}
	set.Language, _ = args(behavior).text("AnalyticsLanguage")
	return set
}

// words are the entries of a list.
func words(v any) []string {
	list, _ := v.([]any)
	var all []string
	for _, entry := range list {
		all = append(all, textOf(entry))
	}
	return all
}

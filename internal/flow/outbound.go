package flow

import "strings"

// startOutbound writes to somebody on another channel. Source: flow sheet, 11.38.
func startOutbound(_ *run, _ *action, in args) outcome {
	inside := func(name, member string) string {
		object, _ := in[name].(map[string]any)
		text, _ := object[member].(string)
		return text
	}
	start := StartOutbound{
		Source: inside("SourceEndpoint", "Address"), Destination: inside("DestinationEndpoint", "Address"),
		Message: inside("InitialSystemMessage", "Content"),
	}
	start.FlowID, _ = in.text("ContactFlowArn")
	start.Subtype, _ = in.text("ContactSubtype")
	related, _ := in.text("RelatedContact")
	start.Related = strings.EqualFold(related, "CURRENT")
	if start.Source == "" || start.Destination == "" || start.FlowID == "" {
		return fails("no addresses, or no flow")
	}
	return outcome{effect: start}
}

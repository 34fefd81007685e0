package flow

// updateProcessing has messages pass a function, or no longer. Source: flow sheet, 11.29.
func updateProcessing(_ *run, _ *action, in args) outcome {
	processor, _ := in["ChatProcessor"].(map[string]any)
	if processor == nil {
		return fails("ChatProcessor is no object")
	}
	set := SetProcessing{Enabled: args(processor).is("ProcessingEnabled", "true"), DeliverUnprocessed: true}
	set.FunctionARN, _ = args(processor).text("LambdaProcessorARN")
	if set.Enabled && set.FunctionARN == "" {
		return fails("no function")
	}
	if settings, ok := processor["ChatProcessorSettings"].(map[string]any); ok {
		set.DeliverUnprocessed = !args(settings).is("DeliverUnprocessedMessages", "false")
	}
	return outcome{effect: set}
}

package flow

func updateTargetQueue(_ *run, _ *action, in args) outcome {
	queue, _ := in.text("QueueId")
	agent, _ := in.text("AgentId")
	if queue == "" && agent == "" {
		return fails("no queue")
	}
	return outcome{effect: SetTargetQueue{QueueID: queue, AgentID: agent}}
}

func transferToQueue(*run, *action, args) outcome { return outcome{effect: EnterQueue{}} }

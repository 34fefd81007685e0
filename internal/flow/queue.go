package flow

import "strconv"

func updateTargetQueue(_ *run, _ *action, in args) outcome {
	queue, _ := in.text("QueueId")
	agent, _ := in.text("AgentId")
	if queue == "" && agent == "" {
		return fails("no queue")
	}
	return outcome{effect: SetTargetQueue{QueueID: queue, AgentID: agent}}
}

func moveToQueue(_ *run, _ *action, in args) outcome {
	queue, _ := in.text("QueueId")
	agent, _ := in.text("AgentId")
	if queue == "" && agent == "" {
		return fails("no queue")
	}
	return outcome{effect: MoveToQueue{QueueID: queue, AgentID: agent}}
}

func transferToQueue(*run, *action, args) outcome { return outcome{effect: EnterQueue{}} }

// updateRouting sets priority or age. The action has no error branch: what is no such number is passed over. Source: flow sheet, 11.24.
func updateRouting(_ *run, _ *action, in args) outcome {
	priority, _ := in.text("QueuePriority")
	if n, err := strconv.ParseInt(priority, 10, 64); err == nil && n >= 1 {
		return outcome{effect: SetRouting{QueuePriority: &n}}
	}
	adjustment, _ := in.text("QueueTimeAdjustmentSeconds")
	if n, err := strconv.ParseInt(adjustment, 10, 32); err == nil {
		return outcome{effect: SetRouting{QueueTimeAdjustmentSeconds: new(int32(n))}}
	}
	return outcome{}
}

func updateCriteria(_ *run, _ *action, in args) outcome {
	criteria, ok := in["RoutingCriteria"].(map[string]any)
	if !ok {
		return fails("RoutingCriteria is no object")
	}
	return outcome{effect: SetRoutingCriteria{criteria}}
}

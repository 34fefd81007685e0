package flow

func transferToFlow(_ *run, _ *action, in args) outcome {
	id, _ := in.text("ContactFlowId")
	if id == "" {
		return fails("no flow")
	}
	return outcome{effect: EnterFlow{id}}
}

func disconnect(*run, *action, args) outcome { return outcome{effect: Disconnect{}} }

func endFlow(*run, *action, args) outcome { return outcome{effect: End{}} }

package flow

import (
	"strconv"
	"time"
)

func authenticate(_ *run, _ *action, in args) outcome {
	cognito, _ := in["CognitoConfiguration"].(map[string]any)
	pool, client := textOf(cognito["UserPoolArn"]), textOf(cognito["AppClientId"])
	if pool == "" || client == "" {
		return fails("no user pool or client")
	}
	minutes := 15
	if limit, ok := in.text("TimeLimitMinutes"); ok {
		var err error
		if minutes, err = strconv.Atoi(limit); err != nil || minutes < 3 || minutes > 15 {
			return fails("time limit " + strconv.Quote(limit))
		}
	}
	return outcome{effect: SignIn{UserPool: pool, AppClient: client, For: time.Duration(minutes) * time.Minute}}
}

func authenticated(_ *run, in Input) (outcome, bool) {
	switch in.Kind {
	case TimedOut:
		return outcome{failed: timeLimit, detail: "the customer did not sign in"}, true
	case Happened:
		return outcome{result: in.Event}, in.Event == OptedOut
	}
	return outcome{}, in.Kind == Done
}

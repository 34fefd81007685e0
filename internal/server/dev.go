package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/admin"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/lambda"
	"github.com/openparley/parley/internal/lambda/host"
	"github.com/openparley/parley/internal/store"
)

// Dev is what only a developer's server has: an instance with fixed ids, a key that everybody knows, the demo page, the console and control of
// the clock.
type Dev struct {
	// Remote says that other machines may call: WebSocket URLs then name the host that the caller used.
	Remote bool

	// Host is a name that the server listens on. Under it, under addresses, localhost and the name in PublicURL alone it serves what asks
	// for no key.
	Host string

	// Lambda are programs that speak the Lambda Runtime API, by the names under which flows call them: paths, or commands with arguments
	// between blanks.
	Lambda map[string]string

	// Passing is told of what people in a chat are shown and nobody keeps, such as that somebody types, before the change that showed it is
	// answered; to names the participants, empty are all. Nil: nobody is told.
	Passing func(chatID string, to []string, item []byte)
}

// Fixed names of a developer's server, so that examples can be pasted.
const (
	DevInstance  = "00000000-0000-4000-8000-000000000001"
	DevFlow      = "00000000-0000-4000-8000-000000000101"
	DevQueue     = "00000000-0000-4000-8000-000000000201"
	DevHours     = "00000000-0000-4000-8000-000000000301"
	DevAccessKey = "parley" // id and secret
)

var devInstance = admin.NewInstance{
	ID: DevInstance, Alias: "demo",
	IDs: map[string]string{admin.DemoFlow: DevFlow, admin.BasicQueue: DevQueue, admin.BasicHours: DevHours},
}

// Ready is what a developer needs to know of a running server. Its JSON is a contract with scripts.
type Ready struct {
	Endpoint        string
	Region          string
	AccessKeyId     string
	SecretAccessKey string
	InstanceId      string
	InstanceArn     string
	ContactFlowId   string
	Flows           map[string]string // name → id
	Functions       map[string]string // name → ARN
	Agents          []Agent
}

// Agent is a login of an agent.
type Agent struct{ Username, Password string }

// Ready describes a developer's server that is found at endpoint.
func (s *Server) Ready(ctx context.Context, endpoint string) (Ready, error) {
	r := Ready{
		Endpoint: endpoint + s.cfg.BasePath, Region: s.cfg.Region, AccessKeyId: DevAccessKey, SecretAccessKey: DevAccessKey,
		InstanceId: DevInstance, InstanceArn: s.scope.Instance(DevInstance), ContactFlowId: DevFlow,
		Flows: map[string]string{}, Functions: s.functions(), Agents: []Agent{},
	}
	flows, err := s.store.Flows(ctx, DevInstance, nil, "", 1000)
	if err != nil {
		return r, fmt.Errorf("list the flows: %w", err)
	}
	for _, f := range flows {
		r.Flows[f.Name] = f.ID
	}
	return r, nil
}

// clockKept is the secret of a developer's server that says how far its clock is ahead of the machine's.
const clockKept = "dev-clock"

// keepClock keeps in the database how far ahead of the machine's time the clock is going to be: after a restart the chats go on in
// the time they have reached.
func (s *Server) keepClock(ctx context.Context, target time.Time) error {
	if s.cfg.Dev == nil {
		return nil
	}
	return s.store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		tx.PutSecret(store.Secret{Kind: clockKept, Value: []byte(time.Until(target).String())})
		return nil
	})
}

// restoreClock moves the clock to where it would be had the server not stopped.
func (s *Server) restoreClock(ctx context.Context) error {
	if s.cfg.Dev == nil || s.clock.IsManual() { // whoever moves it by hand keeps it
		return nil
	}
	kept, err := s.store.Secrets(ctx, clockKept)
	if err != nil || len(kept) == 0 {
		return err
	}
	ahead, err := time.ParseDuration(string(kept[0].Value))
	if err != nil {
		return err
	}
	s.clock.Set(time.Now().Add(ahead))
	return nil
}

// LoadFlow publishes the content of a file as the flow of the file's name, in a developer's server. A flow of that name is replaced;
// chats that run it keep the version they have. The error for a bad flow says where in the file it is bad.
func (s *Server) LoadFlow(ctx context.Context, path, content string) error {
	name, flowType := flow.InFile(path)
	_, err := s.admin.LoadFlow(ctx, DevInstance, name, flowType, content)
	if bad, ok := errors.AsType[*flow.Invalid](err); ok {
		return errors.New(inFile(path, bad.Problems))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// FlowARN is the ARN of a flow that LoadFlow is going to make.
func (s *Server) FlowARN(name string) string {
	return s.scope.Resource(DevInstance, arn.ContactFlow, admin.LoadedFlow(DevInstance, name))
}

// inFile writes problems of a flow, one a line, as compilers do.
func inFile(path string, problems []flow.Problem) string {
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = fmt.Sprintf("%s:%d: %s", path, p.Line, p.Message)
	}
	return strings.Join(lines, "\n")
}

// openHost runs the functions of a developer's machine and adds where they are.
func (s *Server) openHost(endpoints map[string]lambda.Endpoint) (err error) {
	if s.cfg.Dev == nil || len(s.cfg.Dev.Lambda) == 0 {
		return nil
	}
	for name := range s.cfg.Dev.Lambda {
		if _, ok := endpoints[name]; ok {
			return fmt.Errorf("function %s is an address and a program", name)
		}
	}
	s.outside.host, err = host.Open(s.cfg.Dev.Lambda, host.Options{Region: s.scope.Region, Account: s.scope.Account, Log: s.log})
	if err != nil {
		return err
	}
	for name := range s.cfg.Dev.Lambda {
		endpoints[name] = lambda.Endpoint{URL: s.outside.host.URL(name)}
	}
	return nil
}

// offerFunctions associates the functions that are here with the developer's instance, so that editors list them.
func (s *Server) offerFunctions(ctx context.Context) {
	for name, function := range s.functions() {
		_, err := s.admin.AssociateLambdaFunction(ctx, &connect.AssociateLambdaFunctionInput{
			InstanceId: new(DevInstance), FunctionArn: &function,
		})
		if err != nil { // it can be called all the same
			s.log.Warn("function is not associated with the instance", "function", name, "err", err)
		}
	}
}

// functions are the ARNs of those that are here, by their names in the settings.
func (s *Server) functions() map[string]string {
	arns := map[string]string{}
	for name := range s.cfg.Functions {
		arns[name] = s.outside.functions.ARN(name)
	}
	for name := range s.cfg.Dev.Lambda {
		arns[name] = s.outside.functions.ARN(name)
	}
	return arns
}

package portable_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/portable"
	"github.com/openparley/parley/internal/server"
	"github.com/openparley/parley/internal/stage"
	"github.com/openparley/parley/internal/store/storetest"
)

// world is an instance on a server of its own.
type world struct {
	t *testing.T
	*stage.Stage
	portable.Instance
	customer *participant.Client
}

func onBothEngines(t *testing.T, test func(*testing.T, func(region, account string) *world)) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		test(t, func(region, account string) *world { return open(t, storetest.DSN(t, e), region, account) })
	})
}

func open(t *testing.T, dsn, region, account string) *world {
	t.Helper()
	s, err := stage.Open(t.Context(), server.Config{Database: dsn, Region: region, Account: account}, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	o := connect.Options{
		BaseEndpoint: new(s.URL()), Region: region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: server.DevAccessKey, SecretAccessKey: server.DevAccessKey}, nil
		}),
	}
	return &world{t: t, Stage: s, Instance: portable.Instance{Client: connect.New(o), ID: s.InstanceID()}, customer: participant.New(o)}
}

func (w *world) export() portable.Folder {
	w.t.Helper()
	f, doubts, err := portable.Export(w.t.Context(), &w.Instance, portable.Exporting{})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, d := range doubts {
		w.t.Logf("doubt: %s", d)
	}
	return f
}

func filesOf(f portable.Folder) fstest.MapFS {
	files := fstest.MapFS{}
	for name, content := range f {
		files[name] = &fstest.MapFile{Data: content}
	}
	return files
}

func (w *world) plan(f portable.Folder, how portable.Importing) *portable.Plan {
	w.t.Helper()
	p, err := portable.NewPlan(w.t.Context(), &w.Instance, filesOf(f), how)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) bring(f portable.Folder) *portable.Plan {
	w.t.Helper()
	p := w.plan(f, portable.Importing{})
	if _, err := p.Apply(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return p
}

func steps(p *portable.Plan) []string {
	var all []string
	for _, s := range p.Steps {
		all = append(all, s.String())
	}
	return all
}

func (w *world) create(name, content string, flowType types.ContactFlowType, status types.ContactFlowStatus) (arn string) {
	w.t.Helper()
	out, err := w.Client.CreateContactFlow(w.t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &w.ID, Name: &name, Type: flowType, Content: &content, Status: status, Description: new("About " + name),
		Tags: map[string]string{"team": "chat"},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return *out.ContactFlowArn
}

// doc makes a flow of actions, each of which goes on with the next one, also after an error. The last one ends the chat.
func doc(actions ...string) string {
	var all []string
	for i, a := range actions {
		failures := []string{"NoMatchingError"}
		if strings.Contains(a, "ShowView") {
			failures = append(failures, "NoMatchingCondition", "TimeLimitExceeded")
		}
		for j, f := range failures {
			failures[j] = fmt.Sprintf(`{"NextAction": "a%d", "ErrorType": %q}`, i+1, f)
		}
		conditions := ""
		if strings.Contains(a, `"Wait"`) {
			conditions = fmt.Sprintf(`"Conditions": [{"NextAction": "a%d", "Condition": {"Operator": "Equals", "Operands": ["WaitCompleted"]}}], `, i+1)
		}
		all = append(all, fmt.Sprintf(`  {"Identifier": "a%d", %s, "Transitions": {"NextAction": "a%d", %s"Errors": [%s]}}`,
			i, a, i+1, conditions, strings.Join(failures, ", ")))
	}
	all = append(all, fmt.Sprintf(`  {"Identifier": "a%d", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}`, len(actions)))
	return "{\"Version\": \"2019-10-30\", \"StartAction\": \"a0\",\n \"Actions\": [\n" + strings.Join(all, ",\n") + "\n]}"
}

func say(text string) string {
	return fmt.Sprintf(`"Type": "MessageParticipant", "Parameters": {"Text": %q}`, text)
}

func toFlow(name string) string {
	return fmt.Sprintf(`"Type": "TransferToFlow", "Parameters": {"ContactFlowId": %q}`, name)
}

func show(name string) string {
	return fmt.Sprintf(`"Type": "ShowView", "Parameters": {"ViewResource": {"Id": %q, "Version": "Latest"}, "InvocationTimeLimitSeconds": "60", "ViewData": {}}`, name)
}

func call(function string) string {
	return fmt.Sprintf(`"Type": "InvokeLambdaFunction", "Parameters": {"LambdaFunctionARN": %q, "InvocationTimeLimitSeconds": "3"}`, function)
}

func run(name string) string {
	return fmt.Sprintf(`"Type": "InvokeFlowModule", "Parameters": {"FlowModuleId": %q}`, name)
}

// module makes a module, as doc makes a flow.
func module(actions ...string) string {
	s := strings.TrimSuffix(doc(actions...), "}") + `, "Settings": {"InputParameters": [], "OutputParameters": [], "Transitions": []}}`
	return strings.ReplaceAll(s, `"Type": "DisconnectParticipant"`, `"Type": "EndFlowModuleExecution"`)
}

func onHold(flow string) string {
	return fmt.Sprintf(`"Type": "UpdateContactEventHooks", "Parameters": {"EventHooks": {"CustomerQueue": %q}}`, flow)
}

func atEnd(flow string) string {
	return strings.Replace(onHold(flow), "CustomerQueue", "CustomerRemaining", 1)
}

func toQueue(name string) string {
	return fmt.Sprintf(`"Type": "UpdateContactTargetQueue", "Parameters": {"QueueId": %q}`, name)
}

func play(name string) string {
	return fmt.Sprintf(`"Type": "MessageParticipant", "Parameters": {"PromptId": %q}`, name)
}

func pause() string { return `"Type": "Wait", "Parameters": {"TimeLimitSeconds": "3600"}` }

func remember(value string) string {
	return fmt.Sprintf(`"Type": "UpdateContactAttributes", "Parameters": {"Attributes": {"at": %q}}`, value)
}

// chat is what a customer hears who starts a chat with a flow.
func (w *world) chat(flow string) []string {
	w.t.Helper()
	ctx := w.t.Context()
	var id string
	list, err := w.Client.ListContactFlows(ctx, &connect.ListContactFlowsInput{InstanceId: &w.ID})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range list.ContactFlowSummaryList {
		if *f.Name == flow {
			id = *f.Id
		}
	}
	started, err := w.Client.StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: &w.ID, ContactFlowId: &id, ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
		SupportedMessagingContentTypes: []string{
			"text/plain", "application/vnd.amazonaws.connect.message.interactive", "application/vnd.amazonaws.connect.message.interactive.response",
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	connected, err := w.customer.CreateParticipantConnection(ctx, &participant.CreateParticipantConnectionInput{
		ParticipantToken: started.ParticipantToken, Type: []ptypes.ConnectionType{ptypes.ConnectionTypeConnectionCredentials}, ConnectParticipant: new(true),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.Advance(ctx, time.Date(2026, 3, 2, 9, 2, 0, 0, time.UTC)); err != nil {
		w.t.Fatal(err)
	}
	out, err := w.customer.GetTranscript(ctx, &participant.GetTranscriptInput{
		ConnectionToken: connected.ConnectionCredentials.ConnectionToken, SortOrder: ptypes.SortKeyAscending,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	var heard []string
	for _, item := range out.Transcript {
		switch {
		case item.Content == nil:
			heard = append(heard, *item.ContentType)
		case strings.Contains(*item.Content, "viewToken"):
			heard = append(heard, "a view")
		default:
			heard = append(heard, *item.Content)
		}
	}
	return heard
}

// fill gives an instance flows of every sort, which name each other in a circle.
func (w *world) fill() {
	w.t.Helper()
	ctx := w.t.Context()
	if _, err := w.Client.CreateView(ctx, &connect.CreateViewInput{
		InstanceId: &w.ID, Name: new("Address"), Status: types.ViewStatusPublished, Description: new("Where the parcel goes"),
		Content: &types.ViewInputContent{
			Actions:  []string{"Next"},
			Template: new(`{"Head": {"Title": "Address"},  "Body": [{"Type": "TextBox", "_id": "a", "Props": {}, "Content": ["$.Heading"]}]}`),
		},
	}); err != nil {
		w.t.Fatal(err)
	}
	basic, err := w.Client.ListHoursOfOperations(ctx, &connect.ListHoursOfOperationsInput{InstanceId: &w.ID})
	if err != nil {
		w.t.Fatal(err)
	}
	at := func(hour int32) *types.HoursOfOperationTimeSlice {
		return &types.HoursOfOperationTimeSlice{Hours: &hour, Minutes: new(int32(30))}
	}
	office, err := w.Client.CreateHoursOfOperation(ctx, &connect.CreateHoursOfOperationInput{
		InstanceId: &w.ID, Name: new("Office"), TimeZone: new("Europe/Berlin"), Tags: map[string]string{"team": "chat"},
		Config:                        []types.HoursOfOperationConfig{{Day: types.HoursOfOperationDaysMonday, StartTime: at(9), EndTime: at(17)}},
		ParentHoursOfOperationConfigs: []types.ParentHoursOfOperationConfig{{HoursOfOperationId: basic.HoursOfOperationSummaryList[0].Id}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Client.CreateHoursOfOperationOverride(ctx, &connect.CreateHoursOfOperationOverrideInput{
		InstanceId: &w.ID, HoursOfOperationId: office.HoursOfOperationId, Name: new("Holiday"), EffectiveFrom: new("2026-12-24"),
		EffectiveTill: new("2026-12-26"), Config: []types.HoursOfOperationOverrideConfig{},
	}); err != nil {
		w.t.Fatal(err)
	}
	queue, err := w.Client.CreateQueue(ctx, &connect.CreateQueueInput{
		InstanceId: &w.ID, Name: new("Sales"), HoursOfOperationId: office.HoursOfOperationId, MaxContacts: new(int32(5)), Description: new("Who buys"),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	prompt, err := w.Client.CreatePrompt(ctx, &connect.CreatePromptInput{InstanceId: &w.ID, Name: new("Beep"), S3Uri: new("s3://recordings/beep.wav")})
	if err != nil {
		w.t.Fatal(err)
	}
	views, err := w.Client.ListViews(ctx, &connect.ListViewsInput{InstanceId: &w.ID, Type: types.ViewTypeCustomerManaged})
	if err != nil {
		w.t.Fatal(err)
	}
	view := *views.ViewsSummaryList[0].Arn
	parts := strings.Split(view, ":")
	region, account := parts[3], parts[4]
	hold := w.create("Hold: say/pause", doc(say("Please hold.")), types.ContactFlowTypeCustomerQueue, "")
	last := w.create("CON", doc(say("That was all."), pause()), types.ContactFlowTypeContactFlow, "")
	other := w.create("Menu", doc(say("soon")), types.ContactFlowTypeContactFlow, types.ContactFlowStatusSaved)
	made, err := w.Client.CreateContactFlowModule(ctx, &connect.CreateContactFlowModuleInput{
		InstanceId: &w.ID, Name: new("Ask"), Content: new(module(say("In the module."), atEnd(other))), Tags: map[string]string{"team": "chat"},
		Settings: new(`{"transitions": {"results": [{"name": "found", "description": ""}]}}`),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.Client.UpdateContactFlowModuleContent(ctx, &connect.UpdateContactFlowModuleContentInput{
		InstanceId: &w.ID, ContactFlowModuleId: new(*made.Id + ":$SAVED"), Content: new(module(say("Later."))), Settings: new("{}"),
	}); err != nil {
		w.t.Fatal(err)
	}
	start := w.create("Start", doc(
		say("Welcome."), run(*made.Arn+":$LATEST"),
		onHold(hold),
		call("arn:aws:lambda:"+region+":"+account+":function:greet:live"),
		show(view), remember(last), toFlow(other)), types.ContactFlowTypeContactFlow, "")
	if _, err := w.Client.UpdateContactFlowContent(ctx, &connect.UpdateContactFlowContentInput{
		InstanceId: &w.ID, ContactFlowId: &other, Content: new(doc(say("Menu."), toQueue(*queue.QueueArn), play(*prompt.PromptARN), toFlow(last), toFlow(start))),
	}); err != nil {
		w.t.Fatal(err)
	}
	for _, draft := range []string{last + ":$SAVED", hold + ":$SAVED"} {
		if _, err := w.Client.UpdateContactFlowContent(ctx, &connect.UpdateContactFlowContentInput{
			InstanceId: &w.ID, ContactFlowId: &draft, Content: new(doc(say("One day."), toFlow(start))),
		}); err != nil {
			w.t.Fatal(err)
		}
	}
	if _, err := w.Client.UpdateContactFlowMetadata(ctx, &connect.UpdateContactFlowMetadataInput{
		InstanceId: &w.ID, ContactFlowId: &hold, ContactFlowState: types.ContactFlowStateArchived,
	}); err != nil {
		w.t.Fatal(err)
	}
	w.create("menu", doc(say("draft only")), types.ContactFlowTypeContactFlow, types.ContactFlowStatusSaved)
}

func TestMigration(t *testing.T) {
	onBothEngines(t, func(t *testing.T, open func(region, account string) *world) {
		a, b := open("us-east-1", "111111111111"), open("eu-central-1", "222222222222")
		a.fill()
		folder := a.export()
		if diff := cmp.Diff(folder, a.export()); diff != "" {
			t.Errorf("a second export differs:\n%s", diff)
		}
		for name, content := range folder {
			if strings.Contains(string(content), "111111111111") || strings.Contains(string(content), server.DevInstance) {
				t.Errorf("%s holds what only its instance knows:\n%s", name, content)
			}
		}
		plan := b.bring(folder)
		want := []string{
			`create hours of operation "Office"`, `create queue "Sales"`, `create prompt "Beep"`, `create view "Address"`, `create module "Ask"`, `create flow "CON"`, `create flow "Menu"`, `create flow "Hold: say/pause"`,
			`create flow "Start"`, `create flow "menu"`,
		}
		if got := steps(plan); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("steps %q", got)
		}
		if plan.Unchanged != 14 { // those of a new instance
			t.Errorf("%d unchanged, want 14", plan.Unchanged)
		}
		if diff := cmp.Diff(folder, b.export()); diff != "" {
			t.Errorf("what was brought in is exported differently (-want +got):\n%s", diff)
		}
		if again := b.bring(folder); len(again.Steps) != 0 {
			t.Errorf("bringing it in again does %q", steps(again))
		}
		if here, there := a.chat("Start"), b.chat("Start"); !slices.Equal(here, there) || !slices.Contains(here, "a view") || !slices.Contains(here, "That was all.") {
			t.Errorf("chats differ: %q and %q", here, there)
		}
	})
}

func TestFilesOfFolder(t *testing.T) {
	a := open(t, "", "us-east-1", "111111111111")
	a.fill()
	folder := a.export()
	var own []string
	for _, name := range slices.Sorted(maps.Keys(folder)) {
		if !strings.Contains(name, "Default") && !strings.Contains(name, "ample") {
			own = append(own, name)
		}
	}
	want := []string{
		"flows/%43ON.draft.json", "flows/%43ON.json",
		"flows/Hold%3A say%2Fpause.CUSTOMER_QUEUE.draft.json", "flows/Hold%3A say%2Fpause.CUSTOMER_QUEUE.json",
		"flows/Menu~99af6606.json", "flows/Start.json", "flows/Survey.json", "flows/Waiting in the queue.CUSTOMER_QUEUE.json", "flows/Welcome.json",
		"flows/menu~39899100.draft.json", "hours/Basic Hours.json", "hours/Office.json", "modules/Ask.draft.json", "modules/Ask.json",
		"parley.json", "prompts/Beep.json", "queues/BasicQueue.json", "queues/Sales.json", "views/Address.json",
	}
	if diff := cmp.Diff(want, own); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	start := string(folder["flows/Start.json"])
	for _, text := range []string{
		`"CustomerQueue": "Hold: say/pause"`, `"LambdaFunctionARN": "greet:live"`, `"Id": "Address"`, `"ContactFlowId": "Menu"`, `"FlowModuleId": "Ask:$LATEST"`,
		`"at": "arn:aws:connect:REGION:ACCOUNT:instance/INSTANCE/contact-flow/CON"`,
	} {
		if !strings.Contains(start, text) {
			t.Errorf("%s is not in\n%s", text, start)
		}
	}
	for name, want := range map[string]string{
		"queues/Sales.json": `{
  "HoursOfOperation": "Office",
  "MaxContacts": 5
}
`,
		"hours/Office.json": `{
  "Config": [
    {
      "Day": "MONDAY",
      "EndTime": {
        "Hours": 17,
        "Minutes": 30
      },
      "StartTime": {
        "Hours": 9,
        "Minutes": 30
      }
    }
  ],
  "Overrides": [
    {
      "EffectiveFrom": "2026-12-24",
      "EffectiveTill": "2026-12-26",
      "Name": "Holiday",
      "OverrideType": "STANDARD"
    }
  ],
  "Parents": [
    "Basic Hours"
  ],
  "TimeZone": "Europe/Berlin"
}
`,
	} {
		if diff := cmp.Diff(want, string(folder[name])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	var manifest struct {
		Format    int
		Resources map[string]map[string]any
	}
	if err := json.Unmarshal(folder["parley.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	got := manifest.Resources["flows/Hold%3A say%2Fpause.CUSTOMER_QUEUE"]
	if diff := cmp.Diff(map[string]any{"Description": "About Hold: say/pause", "State": "ARCHIVED", "Tags": map[string]any{"team": "chat"}}, got); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	pretty, _, err := portable.Export(t.Context(), &a.Instance, portable.Exporting{Pretty: true})
	if err != nil {
		t.Fatal(err)
	}
	if text := string(pretty["flows/Start.json"]); !strings.HasPrefix(text, "{\n  \"Version\": \"2019-10-30\",\n") {
		t.Errorf("pretty: %s", text)
	}
}

func TestImportFindsAllProblemsAtOnce(t *testing.T) {
	w := open(t, "", "us-east-1", "111111111111")
	before := w.export()
	foreign := "arn:aws:connect:us-west-2:999999999999:instance/x/contact-flow/y"
	shown := strings.TrimSuffix(doc(say("a"), toFlow(foreign)), "}") + `, "Metadata": {"ActionMetadata": {"a1": {"ContactFlow": {"text": "Nowhere"}}}}}`
	_, err := portable.NewPlan(t.Context(), &w.Instance, fstest.MapFS{
		"parley.json":                      {Data: []byte(`{"Format": 1, "Resources": {"flows/gone": {}, "flows/twin": {"Name": "ok"}}}`)},
		"flows/ok.json":                    {Data: []byte(doc(say("fine")))},
		"flows/twin.json":                  {Data: []byte(doc(say("fine")))},
		"flows/broken.json":                {Data: []byte("{\n\"Version\": oops}")},
		"flows/names.json":                 {Data: []byte(doc(toFlow("Wellcome"), toFlow(foreign), show("Address"), call("not a name")))},
		"flows/shown.json":                 {Data: []byte(shown)},
		"flows/invalid.json":               {Data: []byte(doc(`"Type": "MessageParticipant", "Parameters": {}`))},
		"flows/a.b.json":                   {Data: []byte(doc(say("a")))},
		"flows/Welcome.AGENT_WHISPER.json": {Data: []byte(doc(remember("a")))},
		"views/form.json":                  {Data: []byte(`{"Actions": []}`)},
		"elsewhere/ignored.json":           {Data: []byte("oops")},
		"README.md":                        {Data: []byte("# hi")},
	}, portable.Importing{})
	bad, ok := errors.AsType[*portable.Invalid](err)
	if !ok {
		t.Fatalf("NewPlan = %v, want *Invalid", err)
	}
	var got []string
	for _, p := range bad.Problems {
		got = append(got, p.String())
	}
	want := []string{
		"flows/Welcome.AGENT_WHISPER.json: There is a flow \"Welcome\" of type CONTACT_FLOW, and the type of a flow can not be changed",
		"flows/Welcome.AGENT_WHISPER.json:4: Action is not supported in this type of flow. Path: Actions[1] (/Actions/1/Type)",
		"flows/a.b.json: b is no type of flow; write dots in its name as %2E",
		"flows/broken.json:2: Content is not valid JSON: invalid character 'o' looking for beginning of value",
		"flows/invalid.json:3: Action is missing required property. Path: Actions[0].Parameters.Text (/Actions/0/Parameters/Text)",
		`flows/names.json:3: There is no flow "Wellcome": add its file, or write the name of one that is there (/Actions/0/Parameters/ContactFlowId)`,
		"flows/names.json:4: " + foreign + " is a flow of another instance, and the file does not tell its name: write the name in place of the ARN (/Actions/1/Parameters/ContactFlowId)",
		`flows/names.json:5: There is no view "Address": make one, or bring it along in a folder that "parley flow export" has written (/Actions/2/Parameters/ViewResource/Id)`,
		`flows/names.json:6: "not a name" is neither the name nor the ARN of a function (/Actions/3/Parameters/LambdaFunctionARN)`,
		"flows/shown.json:4: " + foreign + ` is flow "Nowhere" of another instance, and there is none of that name here: add its file, or write the name of one that is there (/Actions/1/Parameters/ContactFlowId)`,
		`flows/twin.json: The flow "ok" stands in flows/ok.json as well`,
		"parley.json: There is no file flows/gone.json",
		"views/form.json: this is no view: it has no Template",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, w.export()); diff != "" {
		t.Errorf("a folder with problems has changed the instance:\n%s", diff)
	}
	for name, files := range map[string]fstest.MapFS{
		"empty":        {},
		"later format": {"parley.json": {Data: []byte(`{"Format": 2}`)}},
		"no manifest":  {"parley.json": {Data: []byte(`[]`)}},
		"odd manifest": {"parley.json": {Data: []byte(`{"Format": 1, "Odd": 1}`)}},
	} {
		if _, err := portable.NewPlan(t.Context(), &w.Instance, files, portable.Importing{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestImportOfForeignFlows(t *testing.T) {
	w := open(t, "", "us-east-1", "111111111111")
	far := "arn:aws:connect:us-west-2:999999999999:instance/x/contact-flow/y"
	content := strings.TrimSuffix(doc(toFlow(far), call("arn:aws:lambda:us-west-2:999999999999:function:greet"),
		show("arn:aws:connect:us-west-2:aws:view/form:1"), toFlow("arn:aws:connect:us-east-1:111111111111:instance/"+w.ID+"/contact-flow/"+server.DevFlow)), "}") +
		`, "Metadata": {"ActionMetadata": {"a0": {"parameters": {"ContactFlowId": {"displayName": "Survey"}}, "ContactFlow": {"id": "` + far + `", "text": "Survey"}}}}}`
	p := w.bring(portable.Folder{"Start.json": []byte(content), "later.json": []byte(doc(toFlow("Start")))})
	if len(p.Doubts) != 1 || !strings.Contains(p.Doubts[0].String(), "another account") {
		t.Errorf("doubts %v", p.Doubts)
	}
	got := string(w.export()["flows/Start.json"])
	want := strings.NewReplacer(
		`"`+far+`"`, `"Survey"`, "arn:aws:connect:us-west-2:aws:view/form:1", "form:1",
		"arn:aws:connect:us-east-1:111111111111:instance/"+w.ID+"/contact-flow/"+server.DevFlow, "Welcome",
	).Replace(content)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("imported flow (-want +got):\n%s", diff)
	}
}

// TestImportOfModules: files of modules say so by their names, lead to each other, and are there after one import.
func TestImportOfModules(t *testing.T) {
	w := open(t, "", "us-east-1", "111111111111")
	module := func(other string) []byte {
		return []byte(`{"Version":"2019-10-30","StartAction":"call","Settings":{},"Actions":[
			{"Identifier":"call","Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"` + other + `"},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
			{"Identifier":"end","Type":"EndFlowModuleExecution","Parameters":{},"Transitions":{}}]}`)
	}
	folder := portable.Folder{"a.MODULE.json": module("b"), "b.MODULE.json": module("a")}
	if p := w.bring(folder); len(p.Steps) != 2 || p.Steps[0].Kind != "module" || p.Steps[1].Kind != "module" {
		t.Errorf("steps %v", steps(p))
	}
	if p := w.bring(folder); len(p.Steps) != 0 {
		t.Errorf("again %v", steps(p))
	}
}

func TestImportChangesWhatDiffers(t *testing.T) {
	onBothEngines(t, func(t *testing.T, open func(region, account string) *world) {
		w := open("us-east-1", "111111111111")
		w.fill()
		folder := w.export()
		changed := maps.Clone(folder)
		changed["flows/Start.json"] = []byte(doc(say("Hi."), toFlow("New")))
		changed["flows/New.json"] = []byte(doc(say("New."), toFlow("New")))
		changed["views/Address.json"] = []byte(strings.ReplaceAll(string(folder["views/Address.json"]), "TextBox", "Text Box"))
		changed["parley.json"] = []byte(strings.Replace(string(folder["parley.json"]), "About CON", "The end", 1))
		changed["parley.json"] = []byte(strings.Replace(string(changed["parley.json"]), `"team": "chat"`, `"squad": "chat"`, 1))
		changed["queues/Sales.json"] = []byte("{\n  \"HoursOfOperation\": \"Basic Hours\",\n  \"Status\": \"DISABLED\"\n}\n")
		changed["hours/Office.json"] = []byte(strings.NewReplacer("Holiday", "Closed", "\"Hours\": 17", "\"Hours\": 18",
			"  \"Parents\": [\n    \"Basic Hours\"\n  ],\n", "").Replace(string(folder["hours/Office.json"])))
		changed["modules/Ask.json"] = []byte(module(say("Changed."), atEnd("Menu")))
		delete(changed, "flows/%43ON.draft.json")
		delete(changed, "flows/Sample disconnect flow.json")
		changed["parley.json"] = []byte(regexp.MustCompile(`(?s)"flows/Sample disconnect flow": \{.*?\},\s+`).ReplaceAllString(string(changed["parley.json"]), ""))
		changed["parley.json"] = []byte(strings.NewReplacer("    \"flows/%43ON.draft.json\",\n", "", `"flows/Sample disconnect flow.json"`, `"flows/New.json"`).
			Replace(string(changed["parley.json"])))

		p := w.plan(changed, portable.Importing{})
		want := []string{
			`update hours of operation "Office": content`, `update queue "Sales": content`, `update view "Address": content`,
			`update module "Ask": content`, `create flow "New"`, `update flow "Start": content`,
			`update flow "CON": tags, description`,
		}
		if diff := cmp.Diff(want, steps(p)); diff != "" {
			t.Errorf("plan (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(folder, w.export()); diff != "" {
			t.Errorf("a plan alone has changed the instance:\n%s", diff)
		}
		if _, err := p.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		kept := maps.Clone(changed)
		for _, file := range []string{"flows/%43ON.draft.json", "flows/Sample disconnect flow.json"} {
			kept[file] = folder[file]
		}
		got := w.export()
		delete(kept, "parley.json")
		delete(got, "parley.json")
		if diff := cmp.Diff(kept, got); diff != "" {
			t.Errorf("without pruning (-want +got):\n%s", diff)
		}

		p = w.plan(changed, portable.Importing{Prune: true})
		want = []string{`update flow "CON": draft`, `delete flow "Sample disconnect flow"`}
		if diff := cmp.Diff(want, steps(p)); diff != "" {
			t.Errorf("plan of pruning (-want +got):\n%s", diff)
		}
		if _, err := p.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(changed, w.export()); diff != "" {
			t.Errorf("pruned (-want +got):\n%s", diff)
		}
		delete(changed, "flows/%43ON.json")
		changed["parley.json"] = folder["parley.json"]
		if _, err := portable.NewPlan(t.Context(), &w.Instance, filesOf(changed), portable.Importing{Prune: true}); err == nil ||
			!strings.Contains(err.Error(), `There is no flow "CON"`) {
			t.Errorf("pruning what is named: %v", err)
		}
	})
}

// TestStale: an export takes away what one before it has written, and nothing else.
func TestStale(t *testing.T) {
	now := portable.Folder{"parley.json": nil, "flows/Kept.json": []byte("{}")}
	for _, tt := range []struct {
		name, manifest string
		stale, foreign []string
		bad            bool
	}{
		{"no export", "", nil, []string{"flows/Gone.json", "queues/Mine.json"}, false},
		{"an export", `{"Format": 1, "Files": ["README.json", "flows/Gone.json", "flows/Kept.json", "flows/x.txt"]}`, []string{"flows/Gone.json"}, []string{"queues/Mine.json"}, false},
		{"a file of somebody else", `{"name": "x"}`, nil, nil, true},
	} {
		files := fstest.MapFS{"README.json": {}, "flows/x.txt": {}, "flows/Gone.json": {}, "flows/Kept.json": {}, "queues/Mine.json": {}}
		if tt.manifest != "" {
			files["parley.json"] = &fstest.MapFile{Data: []byte(tt.manifest)}
		}
		stale, foreign, err := portable.Stale(files, now)
		if !slices.Equal(stale, tt.stale) || !slices.Equal(foreign, tt.foreign) || (err != nil) != tt.bad {
			t.Errorf("%s: stale %q, foreign %q, %v", tt.name, stale, foreign, err)
		}
	}
}

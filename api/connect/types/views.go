package types

import "time"

// View is a view with one of its contents: the published one, the draft or a version.
type View struct {
	Arn              *string
	Content          *ViewContent
	CreatedTime      *time.Time
	Description      *string
	Id               *string
	LastModifiedTime *time.Time
	Name             *string
	Status           ViewStatus
	Tags             map[string]string
	Type             ViewType
	// Version is 0, and absent on the wire, when the content is not kept as a version.
	Version            int32
	VersionDescription *string
	// ViewContentSha256 is the hash of Content, 64 hexadecimal digits.
	ViewContentSha256 *string
}

// ViewContent is what a view shows and takes.
type ViewContent struct {
	// Actions are what a participant may do with the view; flows branch on them.
	Actions []string
	// InputSchema is JSON Schema text for what the view has to be given, derived from Template.
	InputSchema *string
	// Template is JSON text that names the components of the view.
	Template *string
}

// ViewInputContent is the content of a view as it is given.
type ViewInputContent struct {
	// Actions are what a participant may do with the view; flows branch on them.
	Actions []string `wire:"len=1..255,form=view-name"`
	// Template is JSON text that names the components of the view.
	Template *string
}

// ViewSummary is a view in a list.
type ViewSummary struct {
	Arn         *string
	Description *string
	Id          *string
	Name        *string
	Status      ViewStatus
	Type        ViewType
}

// ViewVersionSummary is a version of a view in a list.
type ViewVersionSummary struct {
	Arn                *string
	Description        *string
	Id                 *string
	Name               *string
	Type               ViewType
	Version            int32
	VersionDescription *string
}

// ViewStatus tells a published content from a draft.
type ViewStatus string

// Values of ViewStatus.
const (
	ViewStatusPublished ViewStatus = "PUBLISHED"
	ViewStatusSaved     ViewStatus = "SAVED"
)

// Values returns all known values.
func (ViewStatus) Values() []ViewStatus {
	return []ViewStatus{
		ViewStatusPublished,
		ViewStatusSaved,
	}
}

// ViewType tells own views from those that come with the service.
type ViewType string

// Values of ViewType.
const (
	ViewTypeCustomerManaged ViewType = "CUSTOMER_MANAGED"
	ViewTypeAwsManaged      ViewType = "AWS_MANAGED"
)

// Values returns all known values.
func (ViewType) Values() []ViewType {
	return []ViewType{
		ViewTypeCustomerManaged,
		ViewTypeAwsManaged,
	}
}

// ViewSearchCriteria are met by views. What is given has to be met together.
type ViewSearchCriteria struct {
	AndConditions       []ViewSearchCriteria
	OrConditions        []ViewSearchCriteria
	StringCondition     *StringCondition
	ViewStatusCondition ViewStatus
	ViewTypeCondition   ViewType
}

// ViewSearchFilter narrows a search for views by tags.
type ViewSearchFilter struct {
	AttributeFilter *ControlPlaneAttributeFilter
}

// ControlPlaneAttributeFilter is met by tags; one of its members is given. Of the lists in OrConditions one has to be met as a whole.
type ControlPlaneAttributeFilter struct {
	AndCondition *CommonAttributeAndCondition
	OrConditions []CommonAttributeAndCondition
	TagCondition *TagCondition
}

// CommonAttributeAndCondition is met by what has all of these tags.
type CommonAttributeAndCondition struct {
	TagConditions []TagCondition
}

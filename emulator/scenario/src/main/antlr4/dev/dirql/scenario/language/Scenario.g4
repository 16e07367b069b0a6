// The declaration half of the scenario language. Reference: docs/scenario-language.md.
// Driver bodies, and what declared hardware does, are C: ScenarioTokens hands each on as one C_BODY token. Ends of lines mean nothing.
grammar Scenario;

tokens { C_BODY }

scenarioFile : declaration* EOF ;

declaration : title | parameter | include | machine | hardware | device | driver | registry | workload | expect ;

title     : SCENARIO STRING ;
parameter : PARAMETER name '=' expression ;
include   : INCLUDE STRING ;
machine   : MACHINE settings ;
device    : DEVICE name ':' name settings? ;
driver    : DRIVER name forDevices? ( C_BODY | 'from' STRING forDevices? ) ;

registry      : REGISTRY name? '{' registryValue* '}' ;
registryValue : STRING '=' ( 'binary' | 'list' | 'qword' | 'expandable' )? expression ( ',' expression )* ;

forDevices : FOR name ( ',' name )* ;

// Which words are properties and how many values each takes is the catalog's to say, not the grammar's.
settings : '{' item* '}' ;
item     : expression | HYPHENATED ;

// ---- a type of device

hardware : HARDWARE name STRING? '{' part* '}' ;

part
    : 'property' name ':' kind ( '=' item )? STRING?
    | 'register' name ( '[' count=expression ']' )? AT offset=expression
      ( 'step' steps+=expression | 'in' 'bar' bars+=expression | 'width' widths+=expression | 'reset' resets+=expression | HYPHENATED )*
      STRING? fields?
    | 'pci' vendor=expression ':' product=expression ( 'class' class_=expression )? ( 'revision' revision=expression )?
      ( 'subsystem' subsystemVendor=expression ':' subsystem=expression )? STRING?
    | 'bar' number=expression name ( 'size' size=expression )? STRING?
    | 'ports' number=expression STRING?
    | ( 'msi' | 'msix' ) number=expression STRING?
    | 'message' first=expression ( 'to' last=expression )? 'while' C_BODY STRING?
    | 'interrupt' name? 'while' C_BODY STRING?
    | 'timer' name ( '[' count=expression ']' )? HYPHENATED? C_BODY
    | 'stimulus' name arguments? STRING? C_BODY
    | 'on' ( 'write' | 'read' ) name C_BODY
    | 'on' ( 'raise' name? | 'power' ) C_BODY
    | 'code' C_BODY
    ;

fields : '{' field* '}' ;

field
    : name ':' ( 'bit' expression | 'bits' expression 'to' expression ) HYPHENATED* STRING?
    | name '=' expression STRING?
    ;

arguments : '(' ( argument ( ',' argument )* )? ')' ;
argument  : name ':' kind ( '=' item )? ;

kind   : choice ( 'or' choice )* ( 'from' expression 'to' expression )? ;
choice : name | HYPHENATED ;

// ---- what happens

workload : WORKLOAD '{' activity* '}' ;

activity : thread | timed | stimulus ;

thread   : THREAD WORD? ( 'on' ( 'any' | expression ) )? ( 'priority' expression )? body ;
timed    : AT expression ( 'every' expression ( 'times' expression )? )? ( stimulus | stimuli ) ;
stimuli  : '{' stimulus* '}' ;
stimulus : FAIL name expression ( 'of' name )? | 'unload' name | plug | 'shutdown' | name '.' name item* ;

plug : 'stop' name ( FOR expression )? | 'surprise'? 'remove' name ;

body : '{' statement* '}' ;

statement
    : 'repeat' expression body
    | 'start'? transfer
    | 'start'? control
    | ( 'open' | 'close' ) name
    | 'delay' expression
    | 'wait' ( FOR 'all' )?
    | 'cancel'
    | 'unload' name
    | plug
    | manage
    | call
    ;

transfer : ( 'write' | 'read' ) name ',' expression ( AT expression )? ;
control  : 'control' name ',' expression ( ',' input )? ( ',' 'output' expression )? ;
input    : 'input' ( 'value' expression | expression ( 'value' expression )? ) ;
manage   : ( 'query' | 'set' ) 'data' name ',' expression ( ',' detail )*
         | 'execute' 'method' name ',' expression ',' expression ( ',' detail )*
         | ( 'enable' | 'disable' ) ( 'events' | 'collection' ) name ',' expression ;
detail   : ( 'instance' | 'item' | 'value' ) expression ;
call     : 'call' name '.' name '(' ( expression ( ',' expression )* )? ')' ;

// ---- what must hold

expect : EXPECT '{' expectation* '}' ;

expectation
    : 'completed' name comparison expression
    | 'no' ( 'findings' | 'errors' | 'finding' ruleName )
    | 'finding' ruleName ( 'in' name )? ( 'times' expression )?
    | 'bugcheck' subject ( 'parameters' expression ( ',' expression )* )?
    | 'deadlock'
    | 'stuck'
    | 'lock' lockName figure ( ',' figure )*
    | 'interrupts' subject ( 'message' expression )? comparison expression
    | 'dpcs' name comparison expression
    | 'output' 'contains' STRING
    | 'ended' name
    | 'time' comparison expression
    | path ( comparison expression | 'contains' STRING )
    ;

ruleName : name | HYPHENATED | STRING | NUMBER ;
subject  : name | NUMBER | '(' expression ')' ;
lockName : path | STRING ;
figure   : name comparison expression ;
path     : name step+ ;
step     : ( '.' | '->' ) name | '[' expression ']' ;

comparison : '==' | '!=' | '<' | '<=' | '>' | '>=' ;

// ---- values

expression
    : ( '-' | '!' | '~' ) expression
    | expression ( '*' | '/' | '%' ) expression
    | expression ( '+' | '-' ) expression
    | expression ( '<<' | '>>' ) expression
    | expression ( '<' | '<=' | '>' | '>=' ) expression
    | expression ( '==' | '!=' ) expression
    | expression '&' expression
    | expression '^' expression
    | expression '|' expression
    | expression '&&' expression
    | expression '||' expression
    | '(' expression ')'
    | NUMBER
    | STRING
    | TRUE
    | FALSE
    | name
    ;

// The words that begin a declaration or an activity are reserved; every other word may also be a name.
name
    : WORD
    | 'from' | 'on' | 'any' | 'priority' | 'every' | 'times'
    | 'repeat' | 'start' | 'write' | 'read' | 'control' | 'input' | 'output' | 'value'
    | 'open' | 'close' | 'delay' | 'wait' | 'all' | 'call' | 'cancel' | 'unload' | 'of'
    | 'stop' | 'surprise' | 'remove' | 'shutdown'
    | 'completed' | 'no' | 'finding' | 'findings' | 'errors' | 'in' | 'bugcheck' | 'parameters'
    | 'property' | 'register' | 'width' | 'reset' | 'bit' | 'bits' | 'to' | 'or' | 'interrupt' | 'timer'
    | 'stimulus' | 'raise' | 'power' | 'code' | 'while'
    | 'step' | 'bar' | 'pci' | 'class' | 'revision' | 'subsystem' | 'size' | 'ports' | 'msi' | 'msix' | 'message'
    | 'binary' | 'list' | 'qword' | 'expandable'
    | 'query' | 'data' | 'set' | 'execute' | 'method' | 'enable' | 'disable' | 'events' | 'collection' | 'instance'
    | 'item'
    | 'deadlock' | 'stuck' | 'lock' | 'interrupts' | 'dpcs' | 'contains' | 'ended' | 'time'
    ;

SCENARIO  : 'scenario' ;
PARAMETER : 'parameter' ;
INCLUDE   : 'include' ;
MACHINE   : 'machine' ;
HARDWARE  : 'hardware' ;
DEVICE    : 'device' ;
DRIVER    : 'driver' ;
REGISTRY  : 'registry' ;
WORKLOAD  : 'workload' ;
EXPECT    : 'expect' ;
MESSAGE   : 'message' ;
THREAD    : 'thread' ;
AT        : 'at' ;
FAIL      : 'fail' ;
FOR       : 'for' ;
TRUE      : 'true' ;
FALSE     : 'false' ;
FROM      : 'from' ;
OPEN_BRACE  : '{' ;
CLOSE_BRACE : '}' ;

HYPHENATED : LETTER ALPHANUMERIC* ( '-' LETTER ALPHANUMERIC* )+ ;
WORD       : LETTER ALPHANUMERIC* ;
NUMBER     : DIGIT ALPHANUMERIC* ( '.' DIGIT ALPHANUMERIC* )? ;
STRING     : '"' ( ~["\\\r\n] | '\\' ~[\r\n] )* '"' ;

UNTERMINATED_STRING  : '"' ( ~["\\\r\n] | '\\' ~[\r\n] )* '\\'? ;
COMMENT              : ( '//' ~[\n]* | '/*' .*? '*/' ) -> skip ;
UNTERMINATED_COMMENT : '/*' ;
SPACE                : [ \t\r\n\f\uFEFF]+ -> skip ;
UNKNOWN_CHARACTER    : . ;

fragment LETTER       : [A-Za-z_] ;
fragment DIGIT        : [0-9] ;
fragment ALPHANUMERIC : [A-Za-z_0-9] ;

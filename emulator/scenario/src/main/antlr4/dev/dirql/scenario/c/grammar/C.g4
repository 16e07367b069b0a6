/*
 * The grammar of C as WDM routines use it (ISO C11, chapter 6, and the extensions of the Microsoft compiler).
 *
 * Its tokens come from the preprocessor, not from a generated lexer: macros are expanded, and TypedefNames has told
 * names of types (TYPE_NAME) from other identifiers, so that no rule depends on what was declared before.
 */
grammar C;

tokens { IDENTIFIER, TYPE_NAME, NUMBER, CHARACTER, STRING }

translationUnit : external* EOF ;

external
    : specifiers ( initDeclarator ( compound | ( ',' initDeclarator )* ';' ) | ';' )
    | staticAssert
    | ';'
    ;

declaration : specifiers ( initDeclarator ( ',' initDeclarator )* )? ';' ;

staticAssert : ( '_Static_assert' | 'static_assert' ) '(' e ( ',' STRING+ )? ')' ';' ;

specifiers : specifier+ ;

specifier
    : storage=( 'typedef' | 'extern' | 'static' | 'auto' | 'register' )
    | function=( 'inline' | '__inline' | '__inline__' | '__forceinline' | '_Noreturn' )
    | qualifier
    | word=( 'void' | 'char' | 'short' | 'int' | 'long' | 'signed' | 'unsigned' | '_Bool'
           | '__int8' | '__int16' | '__int32' | '__int64' )
    | name=TYPE_NAME
    | structure
    | enumeration
    | declspec
    | convention
    ;

qualifier : 'const' | 'volatile' | 'restrict' | '__restrict' | '__unaligned' | '__ptr64' ;

convention : '__stdcall' | '__cdecl' | '__fastcall' | '__vectorcall' | '_stdcall' | '_cdecl' | '_fastcall' ;

declspec : '__declspec' '(' declspecItem* ')' ;

declspecItem : ( IDENTIFIER | TYPE_NAME | 'restrict' ) ( '(' ( e | STRING )? ( ',' e )* ')' )? | ',' ;

structure : kind=( 'struct' | 'union' ) declspec* tag? ( '{' member* '}' )? ;

tag : IDENTIFIER | TYPE_NAME ;

member
    : specifiers ( memberDeclarator ( ',' memberDeclarator )* )? ';'
    | staticAssert
    | ';'
    ;

memberDeclarator : declarator ( ':' e )? | ':' e ;

enumeration : 'enum' tag? ( '{' enumerator ( ',' enumerator )* ','? '}' )? ;

enumerator : IDENTIFIER ( '=' e )? ;

declarator : prefix+ core? suffix* | core suffix* | suffix+ ;

prefix : '*' | qualifier | convention | declspec ;

core : IDENTIFIER | '(' declarator ')' ;

suffix : '[' e? ']' | '(' parameters? ')' ;

parameters : parameter ( ',' parameter )* ( ',' '...' )? ;

parameter : specifiers declarator? ;

typeName : specifiers declarator? ;

initDeclarator : declarator ( '=' initializer )? ;

initializer : e | '{' ( initializerItem ( ',' initializerItem )* ','? )? '}' ;

initializerItem : ( designator+ '=' )? initializer ;

designator : '[' e ']' | '.' IDENTIFIER ;

compound : '{' blockItem* '}' ;

blockItem : declaration | statement | staticAssert ;

statement : label* body ;

label : IDENTIFIER ':' | 'case' e ( '...' e )? ':' | 'default' ':' ;

body
    : compound                                                                      # block
    | expression? ';'                                                               # expressionStatement
    | 'if' '(' expression ')' statement ( 'else' statement )?                       # ifStatement
    | 'switch' '(' expression ')' statement                                         # switchStatement
    | 'while' '(' expression ')' statement                                          # whileStatement
    | 'do' statement 'while' '(' expression ')' ';'                                 # doStatement
    | 'for' '(' ( declaration | first=expression? ';' ) condition=expression? ';' step=expression? ')' statement
                                                                                    # forStatement
    | 'goto' IDENTIFIER ';'                                                         # gotoStatement
    | 'continue' ';'                                                                # continueStatement
    | 'break' ';'                                                                   # breakStatement
    | 'return' expression? ';'                                                      # returnStatement
    ;

expression : e ( ',' e )* ;

/* In order of precedence, highest first. */
e
    : IDENTIFIER                                                                    # identifier
    | NUMBER                                                                        # number
    | CHARACTER                                                                     # character
    | STRING+                                                                       # string
    | '(' expression ')'                                                            # parenthesised
    | e '[' expression ']'                                                          # index
    | e '(' ( e ( ',' e )* )? ')'                                                   # call
    | e operator=( '.' | '->' ) IDENTIFIER                                          # select
    | e operator=( '++' | '--' )                                                    # postfix
    | operator=( '++' | '--' ) e                                                    # increment
    | operator=( '&' | '*' | '+' | '-' | '~' | '!' ) e                              # unary
    | operator=( 'sizeof' | '_Alignof' | '__alignof' ) '(' typeName ')'             # sizeofType
    | 'sizeof' e                                                                    # sizeofExpression
    | '__builtin_offsetof' '(' typeName ',' e ')'                                   # offsetof
    | '(' typeName ')' e                                                            # cast
    | e operator=( '*' | '/' | '%' ) e                                              # binary
    | e operator=( '+' | '-' ) e                                                    # binary
    | e operator=( '<<' | '>>' ) e                                                  # binary
    | e operator=( '<' | '>' | '<=' | '>=' ) e                                      # binary
    | e operator=( '==' | '!=' ) e                                                  # binary
    | e operator='&' e                                                              # binary
    | e operator='^' e                                                              # binary
    | e operator='|' e                                                              # binary
    | e operator='&&' e                                                             # logical
    | e operator='||' e                                                             # logical
    | <assoc=right> e '?' expression ':' e                                          # conditional
    | <assoc=right> e operator=( '=' | '*=' | '/=' | '%=' | '+=' | '-=' | '<<=' | '>>=' | '&=' | '^=' | '|=' ) e
                                                                                    # assignment
    ;

@echo off
rem Starts dirql on Windows: finds a JDK 25, builds where there is no jar yet, and runs.
rem No delayed expansion: it would take exclamation marks out of the arguments.
setlocal EnableExtensions DisableDelayedExpansion
set "here=%~dp0"
set "cli=%here%workbench\cli"
set "jar=%cli%\target\dirql.jar"
set "jdk="
if defined JAVA_HOME call :try "%JAVA_HOME%"
if not defined jdk for /f "delims=" %%j in ('where java 2^>nul') do if not defined jdk call :try "%%~dpj.."
if not defined jdk for /d %%d in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\*" "%ProgramFiles%\Zulu\*" "%USERPROFILE%\.jdks\*") do if not defined jdk call :try "%%~d"
if not defined jdk (
    echo dirql: needs a JDK 25, and found none: JAVA_HOME, the java on the PATH and the usual places were looked at. 1>&2
    echo dirql: Install one, for example Eclipse Temurin 25 from https://adoptium.net, 1>&2
    echo dirql: and set JAVA_HOME to it if dirql does not find it by itself. 1>&2
    exit /b 3
)
if exist "%jar%" goto run

where mvn >nul 2>nul
if errorlevel 1 (
    echo dirql: building needs Maven 3.8.7 or later, and there is no mvn on the PATH. 1>&2
    echo dirql: Install it from https://maven.apache.org and try again. 1>&2
    exit /b 3
)
echo dirql: building, once ... 1>&2
set "JAVA_HOME=%jdk%"
set "MAVEN_OPTS=%MAVEN_OPTS% --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -Djansi.noreset=true"
pushd "%here%"
call mvn -q -B -Dstyle.color=never -pl workbench/cli -am package -Dmaven.test.skip=true -Dspotless.check.skip=true -Dspotless.skip=true 1>&2
if errorlevel 1 (
    popd
    echo dirql: the build failed; the messages above say why. Nothing was run. 1>&2
    exit /b 3
)
popd

:run
rem DIRQL_JAVA_OPTIONS holds further JVM options, such as -Xmx or -Xint.
"%jdk%\bin\java" @"%cli%\jvm.options" -XX:+UseSerialGC -Xlog:disable -Xlog:all=error:stderr %DIRQL_JAVA_OPTIONS% -Ddirql.command=dirql -jar "%jar%" %*
exit /b %errorlevel%

:try
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
findstr /b /c:"JAVA_VERSION=\"25" "%~1\release" >nul 2>nul && set "jdk=%~1"
exit /b 0

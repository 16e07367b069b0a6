@echo off
rem Starts dirql on Windows: finds a JDK 25, builds where there is no jar yet, and runs.
setlocal EnableDelayedExpansion
set "here=%~dp0"
set "cli=%here%workbench\cli"
set "jar=%cli%\target\dirql.jar"
set "jdk="
if defined JAVA_HOME call :try "%JAVA_HOME%"
if not defined jdk for /f "delims=" %%j in ('where java 2^>nul') do if not defined jdk call :try "%%~dpj.."
if not defined jdk for /d %%d in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\*" "%ProgramFiles%\Zulu\*" "%USERPROFILE%\.jdks\*") do if not defined jdk call :try "%%~d"
if not defined jdk (
    echo dirql: needs a JDK 25, and found none: JAVA_HOME, the java on the PATH and the usual places were looked at. 1>&2
    echo dirql: Install one, for example Eclipse Temurin 25 from https://adoptium.net, and set JAVA_HOME to it. 1>&2
    exit /b 3
)
if not exist "%jar%" (
    where mvn >nul 2>nul
    if errorlevel 1 (
        echo dirql: building needs Maven 3.8.7 or later, and there is no mvn on the PATH. 1>&2
        exit /b 3
    )
    echo dirql: building ... 1>&2
    set "JAVA_HOME=!jdk!"
    pushd "%here%"
    call mvn -q -B -pl workbench/cli -am package -Dmaven.test.skip=true -Dspotless.check.skip=true -Dspotless.skip=true 1>&2
    if errorlevel 1 (
        popd
        echo dirql: the build failed; the messages above say why. Nothing was run. 1>&2
        exit /b 3
    )
    popd
)
"%jdk%\bin\java" @"%cli%\jvm.options" -XX:+UseSerialGC -Ddirql.command=dirql -jar "%jar%" %*
exit /b %errorlevel%

:try
if not exist "%~1\bin\javac.exe" exit /b 0
findstr /b /c:"JAVA_VERSION=\"25" "%~1\release" >nul 2>nul && set "jdk=%~1"
exit /b 0

"""The directives of systemd that a unit of ours may have, by section: those that we use, and their neighbours.

systemd passes over a name that it does not know, with a word in its journal: a protection that is spelled wrongly is
none. See systemd.unit(5), systemd.service(5), systemd.exec(5), systemd.kill(5), systemd.resource-control(5) and
systemd.timer(5). Whoever needs another one adds it here.
"""

_NAMES = {
    "Unit": """
        Description Documentation After Before Wants Requires Requisite BindsTo PartOf Conflicts OnFailure OnSuccess
        StartLimitIntervalSec StartLimitBurst RequiresMountsFor ConditionPathExists AssertPathExists
    """,
    "Service": """
        Type NotifyAccess PIDFile ExecStartPre ExecStart ExecStartPost ExecCondition ExecReload ExecStop ExecStopPost
        Restart RestartSec SuccessExitStatus RestartPreventExitStatus RemainAfterExit
        TimeoutSec TimeoutStartSec TimeoutStopSec TimeoutAbortSec WatchdogSec RuntimeMaxSec
        User Group SupplementaryGroups DynamicUser UMask Environment EnvironmentFile PassEnvironment
        LoadCredential WorkingDirectory RootDirectory StandardInput StandardOutput StandardError SyslogIdentifier
        StateDirectory StateDirectoryMode RuntimeDirectory RuntimeDirectoryMode RuntimeDirectoryPreserve
        CacheDirectory CacheDirectoryMode LogsDirectory LogsDirectoryMode
        ConfigurationDirectory ConfigurationDirectoryMode
        ReadWritePaths ReadOnlyPaths InaccessiblePaths ExecPaths NoExecPaths BindPaths BindReadOnlyPaths
        NoNewPrivileges PrivateTmp PrivateDevices PrivateNetwork PrivateUsers PrivateMounts
        ProtectSystem ProtectHome ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectControlGroups
        ProtectClock ProtectHostname ProtectProc ProcSubset RestrictAddressFamilies RestrictNamespaces
        RestrictRealtime RestrictSUIDSGID RemoveIPC LockPersonality MemoryDenyWriteExecute
        SystemCallFilter SystemCallArchitectures SystemCallErrorNumber
        CapabilityBoundingSet AmbientCapabilities KeyringMode DevicePolicy DeviceAllow
        KillMode KillSignal SendSIGKILL FinalKillSignal OOMPolicy OOMScoreAdjust
        LimitNOFILE LimitNPROC LimitCORE LimitAS MemoryMax MemoryHigh CPUQuota CPUWeight TasksMax IOWeight
        IPAddressAllow IPAddressDeny Nice IOSchedulingClass IOSchedulingPriority CPUSchedulingPolicy
    """,
    "Timer": """
        OnCalendar OnBootSec OnStartupSec OnActiveSec OnUnitActiveSec OnUnitInactiveSec AccuracySec
        RandomizedDelaySec FixedRandomDelay Persistent WakeSystem Unit RemainAfterElapse
        OnClockChange OnTimezoneChange
    """,
    "Install": """
        WantedBy RequiredBy Alias Also DefaultInstance
    """,
}

KNOWN = {section: frozenset(names.split()) for section, names in _NAMES.items()}

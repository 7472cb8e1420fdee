// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @title Exit in kind: an LP leaves with its part of everything that a maker has, without a settlement price
interface IExitInKind {
    /// @dev A started exit. Zero owner: none, or ended.
    struct Exit {
        address owner;
        /// @dev Seconds. The exit lapses {BackstopBase-EXIT_WINDOW} later.
        uint64 executableAt;
        address maker;
        /// @dev Wei, for the account that executes or returns the exit.
        uint96 fee;
        /// @dev WAD, in escrow.
        uint256 shares;
    }

    /// @dev The terms of an executed exit.
    struct Slice {
        /// @dev WAD shares burned. The rest of the escrow went back.
        uint256 shares;
        /// @dev WAD, size and open notional that moved to the owner.
        int256 base;
        int256 quote;
        /// @dev WAD quote, margin that moved to the owner: after fee and deduction, negative if the maker's was, or if they exceed
        /// it.
        int256 margin;
        /// @dev WAD quote, left in the maker's margin: the fee of a fill, and the exit fee of the margin.
        uint256 fee;
        /// @dev WAD quote, paid into insurance for flagged shortfalls.
        uint256 deduction;
        /// @dev Claims, own decimals: of the maker's asset, and of base that a quote vault holds.
        uint256 assetXCD;
        uint256 baseXCD;
    }

    /// @dev The claim of an account at a maker, own decimals.
    struct SliceClaim {
        uint128 assetXCD;
        uint128 baseXCD;
    }

    /// @notice `executableAt` in seconds, `fee` in wei.
    event ExitStarted(
        uint256 indexed exitId,
        address indexed maker,
        address indexed owner,
        uint256 shares,
        uint256 fee,
        uint256 executableAt
    );
    event ExitExecuted(uint256 indexed exitId, address indexed maker, address indexed owner, Slice slice);
    /// @notice The exit lapsed, and its shares went back.
    event ExitReturned(uint256 indexed exitId, address indexed maker, address indexed owner, uint256 shares);
    event SliceClaimed(address indexed maker, address indexed owner, uint256 assetXCD, uint256 baseXCD);

    error UnknownExit(uint256 exitId);
    /// @notice The account is no registered maker.
    error NotAMaker(address account);
    /// @notice Makers, request vaults and the settlement account hold no slice.
    error CannotHoldSlice(address account);
    /// @notice The exit is executable later, or it has lapsed. Seconds.
    error ExitNotExecutable(uint256 timestamp, uint256 executableAt, uint256 lastAt);
    error ExitNotLapsed(uint256 timestamp, uint256 lastAt);
    /// @notice The shares are worth no unit of the position. WAD.
    error SliceTooSmall(uint256 shares, uint256 baseUnit);
    /// @notice The slice or the remaining position is below the market's minimum. WAD quote, open notional.
    error SliceBelowMinimum(uint256 value, uint256 minValue);
    /// @notice The owner's account would be below maintenance. WAD quote.
    error SliceBelowMaintenance(int256 accountValue, uint256 required);
    /// @notice Only the owner adds margin.
    error NotExitOwner(address caller, address owner);
    error NothingToClaim(address maker, address owner);

    /// @notice Starts the exit of the caller with shares of a maker, which the Backstop takes into escrow by the caller's
    /// allowance. It cannot be cancelled. Any account executes it from {BackstopBase-EXIT_NOTICE} on, within {BackstopBase-EXIT_WINDOW}, for the
    /// attached fee; in a settled market at once. Reverts with `ZeroAmount`, `NotAMaker` and `CannotHoldSlice`.
    /// @param shares WAD; those that the slice does not need go back
    function startExit(address maker, uint256 shares) external payable returns (uint256 exitId);

    /// @notice Executes an exit: burns shares and moves their part of the maker's position, at its open notional, and of its
    /// margin to the owner. Its part of the maker's balances becomes a claim. Any account. Reverts with `ExitNotExecutable`,
    /// `SliceTooSmall`, `SliceBelowMinimum`, `SliceBelowMaintenance`, `CannotHoldSlice`, and with `Locked` while the system
    /// lock is held.
    /// @param marginXCD collateral that the owner adds to its margin by its allowance to the Backstop; zero for other callers
    function executeExit(uint256 exitId, uint256 marginXCD) external returns (Slice memory slice);

    /// @notice Returns the shares of a lapsed exit to its owner. Any account, for the exit's fee.
    function returnExit(uint256 exitId) external;

    /// @notice Pays what the breaker admits of an owner's claim to the owner. Any account.
    function claimSlice(address maker, address owner) external returns (uint256 assetXCD, uint256 baseXCD);

    // ---- views ----

    function exitOf(uint256 exitId) external view returns (Exit memory);

    function sliceClaimOf(address maker, address owner) external view returns (SliceClaim memory);

    /// @notice The slice that an exit of `owner` with these shares would give now. Reverts as {executeExit}, except for the
    /// notice, and except for an account below maintenance.
    /// @return slice its terms
    /// @return lackingMargin WAD quote, that `owner` has to add in {executeExit}; zero if its account meets maintenance
    function previewExit(address maker, address owner, uint256 shares)
        external
        view
        returns (Slice memory slice, uint256 lackingMargin);
}

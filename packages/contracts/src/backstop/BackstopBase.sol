// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ForcedChanges} from "../clearing-house/ForcedChanges.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IExitInKind} from "../interfaces/IExitInKind.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {ZeroAddress} from "../types/Errors.sol";
import {EXIT_NOTICE_TIME} from "../types/LpRequest.sol";
import {Position} from "../types/Position.sol";

/// @title The shared part of the Backstop and its module: the exchange's contracts, exits in kind, and profit that was paid
/// @dev This storage is first, so that {BackstopModule} needs no other part of the Backstop's layout
/// (tools/storage-layout.test.mjs).
abstract contract BackstopBase is ForcedChanges {
    using SafeCast for uint256;

    /// @dev Profit that an account has paid while its position stayed open.
    struct PaidProfit {
        /// @dev WAD quote
        uint240 amount;
        /// @dev {Position-closes} of the position that paid.
        uint16 closes;
    }

    /// @notice Gas that must be left before the price sources are read. It exceeds the gas limits of all reads of a
    /// composite price from two sources, so that a caller cannot make a live source fail for lack of gas.
    uint256 public constant MIN_SOURCE_GAS = 2_000_000;
    /// @notice The counterparty of all closes in a settled market.
    address public constant SETTLEMENT_ACCOUNT = address(uint160(uint256(keccak256("counterpoise.settlement"))));
    /// @notice Seconds from the start of an exit in kind until it is executable.
    uint256 public constant EXIT_NOTICE = EXIT_NOTICE_TIME;
    /// @notice Seconds in which it is executable.
    uint256 public constant EXIT_WINDOW = 1 minutes;

    IVault public immutable vault;
    IPriceOracle public immutable oracle;
    IClearingHouse public immutable clearingHouse;

    /// @notice Number of exits. Ids count from one.
    uint256 public exitCount;
    mapping(uint256 exitId => IExitInKind.Exit) internal _exits;
    mapping(address maker => mapping(address owner => IExitInKind.SliceClaim)) internal _sliceClaims;
    mapping(uint256 marketId => mapping(address account => PaidProfit)) private _paidProfits;

    /// @param clearingHouse_ may have no code yet, because the exchange's contracts refer to each other
    constructor(IVault vault_, IPriceOracle oracle_, IClearingHouse clearingHouse_) {
        if (address(vault_) == address(0) || address(oracle_) == address(0) || address(clearingHouse_) == address(0)) {
            revert ZeroAddress();
        }
        (vault, oracle, clearingHouse) = (vault_, oracle_, clearingHouse_);
    }

    /// @dev The fees of exits in kind, wei.
    function _heldBefore() internal view returns (uint256) {
        unchecked {
            // The balance includes the attached value.
            return address(this).balance - msg.value;
        }
    }

    /// @dev The part of its open position's profit that an account has paid, WAD quote. {IBackstop-deleverage} counts the rest.
    function _paidBy(uint256 marketId, address account) internal view returns (uint256) {
        PaidProfit memory paid = _paidProfits[marketId][account];
        if (paid.amount == 0 || vault.positionOf(marketId, account).closes != paid.closes) return 0;
        return paid.amount;
    }

    /// @dev Records {_paidBy} of the account's position. Without one there is nothing left to pay.
    function _setPaid(uint256 marketId, address account, uint256 amount) internal {
        Position memory position = vault.positionOf(marketId, account);
        if (position.size.isZero()) return;
        _paidProfits[marketId][account] = PaidProfit(amount.toUint240(), position.closes.toUint16());
    }

    /// @dev Returns what the oracle did not spend. The last step, because the caller can reenter.
    function _refund(uint256 held) internal {
        if (address(this).balance != held) Address.sendValue(payable(msg.sender), address(this).balance - held);
    }
}

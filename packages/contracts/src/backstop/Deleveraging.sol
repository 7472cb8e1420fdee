// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ForcedChanges} from "../clearing-house/ForcedChanges.sol";
import {IBackstop} from "../interfaces/IBackstop.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {AccountState, IVault} from "../interfaces/IVault.sol";
import {ForcedBase} from "../libraries/ForcedBase.sol";
import {LiquidationMath} from "../libraries/LiquidationMath.sol";
import {Cast} from "../types/Cast.sol";
import {ZeroAddress} from "../types/Errors.sol";
import {Base, BaseLib, Price, Quote, QuoteLib, WAD, ZERO_QUOTE} from "../types/Units.sol";

/// @title Rung 3 of the solvency ladder (docs/specification.md, section 12)
/// @notice Closes an account whose shortfall exceeds insurance at its bankruptcy price, against accounts in profit.
abstract contract Deleveraging is IBackstop, ForcedChanges {
    using LiquidationMath for AccountState;
    using ForcedBase for ForcedBase.Record;

    uint256 private constant MIN_FLAG_VALIDITY = 1 days;

    IVault public immutable vault;
    IPriceOracle public immutable oracle;
    IClearingHouse public immutable clearingHouse;

    mapping(uint256 marketId => mapping(address account => uint256 flaggedAt)) private _flags;
    mapping(uint256 marketId => mapping(address account => ForcedBase.Record record)) private _deleveraged;

    /// @dev The account that is deleveraged: the part of its position that is still open.
    struct Bankrupt {
        uint256 marketId;
        address account;
        Price price;
        /// @dev Publish time of the price, seconds.
        uint256 publishTime;
        Base size;
        /// @dev Quote for which the rest must close, so that the account ends with a value of zero.
        Quote quote;
    }

    /// @dev The maker's side of a forced change.
    struct ForcedFill {
        address maker;
        Base base;
        Quote quote;
    }

    /// @param clearingHouse_ may have no code yet, because the exchange's contracts refer to each other
    constructor(IVault vault_, IPriceOracle oracle_, IClearingHouse clearingHouse_) {
        if (address(vault_) == address(0) || address(oracle_) == address(0) || address(clearingHouse_) == address(0)) {
            revert ZeroAddress();
        }
        (vault, oracle, clearingHouse) = (vault_, oracle_, clearingHouse_);
    }

    /// @inheritdoc IBackstop
    function deleverage(uint256 marketId, address account, address[] calldata takers) external returns (uint256 base) {
        _checkTrading(marketId, clearingHouse.statusOf(marketId));
        _checkGrace(marketId, clearingHouse.rulesOf(marketId).resumedAt);
        Bankrupt memory bankrupt;
        (bankrupt.marketId, bankrupt.account) = (marketId, account);
        (bankrupt.price, bankrupt.publishTime) = oracle.getLiquidationPrice(marketId);
        AccountState memory state = vault.openForced(marketId, account, address(0), bankrupt.price);
        _checkClock(state, bankrupt.publishTime);
        _checkShortfall(account, state);
        (bankrupt.size, bankrupt.quote) = (state.size, state.bankruptcyQuote());

        address[] memory makers = clearingHouse.makersOf(marketId);
        ForcedFill[] memory forced = new ForcedFill[](makers.length + 1);
        for (uint256 i = 0; i < makers.length; ++i) {
            if (makers[i] != account) forced[i] = _deleverageAgainst(bankrupt, makers[i]);
        }
        for (uint256 i = 0; i < takers.length; ++i) {
            if (!_isMaker(takers[i]) && takers[i] != account) _deleverageAgainst(bankrupt, takers[i]);
        }
        base = (state.size - bankrupt.size).abs();
        if (base == 0) revert NothingToDeleverage(account);
        _deleveraged[marketId][account].add(base);
        if (bankrupt.size.isZero()) _payBounty(marketId, account, state, bankrupt.price);
        vault.closeFill();

        if (state.isMaker) {
            forced[makers.length] = ForcedFill({
                maker: account, base: bankrupt.size - state.size, quote: state.bankruptcyQuote() - bankrupt.quote
            });
        }
        for (uint256 i = 0; i < forced.length; ++i) {
            if (forced[i].maker != address(0)) {
                _callForcedHook(vault, marketId, forced[i].maker, forced[i].base, forced[i].quote, bankrupt.price);
            }
        }
    }

    /// @inheritdoc IBackstop
    function flagShortfall(uint256 marketId, address account) external {
        _checkTrading(marketId, clearingHouse.statusOf(marketId));
        // Between a hedge and its settlement the account value of a maker is too low.
        address holder = vault.lockHolder();
        if (holder != address(0)) revert IVault.Locked(holder);
        (Price price, uint256 publishTime) = oracle.getLiquidationPrice(marketId);
        AccountState memory state = vault.accountState(marketId, account, price);
        _checkClock(state, publishTime);
        _checkShortfall(account, state);
        // A valid flag is not renewed. Otherwise repeated calls would postpone the end of the window.
        if (debtAllowedAt(marketId, account) != type(uint256).max) return;
        _flags[marketId][account] = block.timestamp;
        emit ShortfallFlagged(
            marketId,
            account,
            (-state.value).positivePart(),
            block.timestamp + clearingHouse.backstopRulesOf(marketId).deleverageWindow
        );
    }

    /// @inheritdoc IBackstop
    function debtAllowedAt(uint256 marketId, address account) public view returns (uint256) {
        uint256 window = clearingHouse.backstopRulesOf(marketId).deleverageWindow;
        if (window == 0) return 0;
        uint256 allowedAt = _flags[marketId][account] + window;
        bool isValid = block.timestamp <= allowedAt + Math.max(window, MIN_FLAG_VALIDITY);
        return isValid ? allowedAt : type(uint256).max;
    }

    /// @inheritdoc IBackstop
    function deleveragedSince(uint256 marketId, address account, uint256 time) external view returns (uint256 base) {
        return _deleveraged[marketId][account].takenSince(time);
    }

    /// @dev Closes as much of the rest as the counterparty's position can offset, if {LiquidationMath-canDeleverage}
    /// admits it, and if the counterparty has not traded at a newer price (E1). The last part takes all of the remaining
    /// quote, so that the account ends with exactly zero.
    function _deleverageAgainst(Bankrupt memory bankrupt, address counterparty)
        private
        returns (ForcedFill memory forced)
    {
        if (bankrupt.size.isZero()) return forced;
        AccountState memory state = vault.accountState(bankrupt.marketId, counterparty, bankrupt.price);
        uint256 amount = Math.min(bankrupt.size.abs(), state.size.abs());
        if (amount == 0 || state.lastFillAt > bankrupt.publishTime) return forced;
        Base base = BaseLib.toBase(amount);
        if (bankrupt.size.unwrap() > 0) base = -base;
        Quote quote = bankrupt.quote.shareFloor(amount, bankrupt.size.abs());
        if (!state.canDeleverage(bankrupt.price, base, quote)) return forced;
        _settle(
            vault, bankrupt.marketId, bankrupt.account, counterparty, base, quote, bankrupt.price, bankrupt.publishTime
        );
        _deleveraged[bankrupt.marketId][counterparty].add(amount);
        bankrupt.size = bankrupt.size + base;
        bankrupt.quote = bankrupt.quote - quote;
        emit Deleveraged(bankrupt.marketId, bankrupt.account, counterparty, amount, quote.abs() * WAD / amount);
        if (state.isMaker) forced = ForcedFill({maker: counterparty, base: -base, quote: -quote});
    }

    /// @dev Pays the bounty to the caller that closed the whole account, at most what insurance holds. Makers get none.
    function _payBounty(uint256 marketId, address account, AccountState memory state, Price price) private {
        uint256 bounty = clearingHouse.backstopRulesOf(marketId).liquidationBounty;
        bounty = LiquidationMath.bountyDown(clearingHouse.rulesOf(marketId), bounty, price, state.size.abs());
        bounty = Math.min(bounty, Cast.positivePart(state.insurance));
        if (bounty != 0 && !_isMaker(msg.sender)) {
            vault.settlePenalty(marketId, account, msg.sender, ZERO_QUOTE, QuoteLib.toQuote(bounty));
        }
        delete _flags[marketId][account];
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _isMaker(address account) private view returns (bool) {
        return clearingHouse.marketOfMaker(account) != 0;
    }

    function _checkShortfall(address account, AccountState memory state) private pure {
        int256 insurance = state.insurance > 0 ? state.insurance : int256(0);
        if (state.size.isZero() || state.value.unwrap() + insurance >= 0) {
            revert NoShortfallBeyondInsurance(account, state.value.unwrap(), state.insurance);
        }
    }
}
